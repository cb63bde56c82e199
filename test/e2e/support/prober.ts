import { createInterface } from 'node:readline'
import { startProbe } from '../../../src/probe/probe.ts'

/*
 * The open-loop probe as a program of its own, because it must run inside the lab's network:
 *
 *   prober.ts URL
 *
 * It says `probing`, asks fifty times a second until its stdin ends, and says then what it counted, as JSON.
 */

const [url = ''] = process.argv.slice(2)
const probe = await startProbe({ url, rate: 50 })
process.stdout.write('probing\n')
for await (const _ of createInterface({ input: process.stdin }));
process.stdout.write(`${JSON.stringify((await probe.stop()).total)}\n`)
