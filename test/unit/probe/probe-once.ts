// A process of its own: `probe-once.ts URL COUNT` prints the ledger of COUNT requests; `probe-once.ts URL` forgets to stop.
import { setTimeout as pause } from 'node:timers/promises'
import { startProbe } from '../../../src/probe/probe.ts'

const [, , url = '', count] = process.argv
const probe = await startProbe({ url, rate: 100, maxDuration: count === undefined ? 3_600_000 : Number(count) * 10 })
if (count !== undefined) {
  while ((await probe.snapshot()).state === 'running') await pause(20)
  process.stdout.write(JSON.stringify(await probe.stop()))
}
