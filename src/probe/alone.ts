import { createInterface } from 'node:readline'
import { startProbe } from './probe.ts'

/*
 * The probe as a process of its own, for traffic from another network than its starter's: `node alone.js URL RATE`.
 * Each line on stdin is a mark. When stdin ends the probe stops, and its ledger is printed as one JSON document; so it
 * never outlives who started it.
 */
const [url = '', rate = '50'] = process.argv.slice(2)
// Ctrl-C reaches everybody at a terminal; what was counted until then is still wanted.
process.on('SIGINT', () => undefined)
const probe = await startProbe({ url, rate: Number(rate) })
for await (const label of createInterface({ input: process.stdin })) probe.mark(label)
process.stdout.write(`${JSON.stringify(await probe.stop())}\n`)
