import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProbe } from '../../src/probe/probe.ts'
import { balancers } from './balancers.ts'
import { ratios, type Row } from './table.ts'
import { run } from './timing.ts'

/*
 * The longest time without an answer while the VIP moves to lb2 and back with the hand-off, against runs of the same length in which
 * nothing is done; under load of twenty keep-alive connections. Runs inside the lab's network: `failover.ts ROUNDS`.
 */
const rounds = Number(process.argv[2] ?? 5)
const url = 'http://10.77.0.100/shop/'
const rate = 100
const dir = await mkdtemp(join(tmpdir(), 'zdt-bench-'))

/** How long the probe was without an answer meanwhile, and how long all of it took. */
async function gapDuring(what: () => Promise<unknown>): Promise<{ gap: number; took: number }> {
  const probe = await startProbe({ url, rate })
  await sleep(1000)
  const started = performance.now()
  await what()
  const took = performance.now() - started
  const { total } = await probe.stop()
  if (total.lost > 0) throw new Error(`${total.lost} of ${total.sent} requests were lost`)
  return { gap: total.longestGap, took }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const move = (to: string) => async () =>
  await run([['zdt', 'failover', 'public', '--to', to, '--max-handoff', '5s', '--yes', '--json']], {
    ...process.env,
    XDG_STATE_HOME: dir,
  })

/** Adverts as often as that, on both. */
async function adverts(seconds: string): Promise<void> {
  const line = `sudo sed -i 's/advert_int .*/advert_int ${seconds}/' /etc/keepalived/keepalived.conf; sudo systemctl restart keepalived`
  await run(balancers.map((host) => ['ssh', host, line]))
  await sleep(10_000)
}

const wrk = spawn('wrk', ['-t1', '-c20', '-d1800s', '-s', join(import.meta.dirname, '../e2e/support/paced.lua'), url])
try {
  const rows: Row[] = []
  for (const seconds of ['0.1', '1']) {
    await adverts(seconds)
    const undisturbed: number[] = []
    const moved: number[] = []
    for (let round = 0; round < rounds; round++) {
      for (const to of ['lb2', 'lb1']) {
        const { gap, took } = await gapDuring(move(to))
        moved.push(gap)
        undisturbed.push((await gapDuring(() => sleep(took))).gap)
      }
    }
    const against = { took: undisturbed, goal: '<= 2 x undisturbed' }
    rows.push({ what: `undisturbed, adverts every ${seconds} s`, took: undisturbed })
    rows.push({ what: `failover and back, adverts every ${seconds} s`, took: moved, against })
    rows.push({
      what: '  the longest of each',
      took: [Math.max(...moved)],
      against: { ...against, took: [Math.max(...undisturbed)] },
    })
  }
  process.stdout.write(`${ratios('the longest time without an answer, at 100 requests a second', rows)}\n`)
} finally {
  wrk.kill('SIGINT')
  await once(wrk, 'exit')
  await rm(dir, { recursive: true })
}
