import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProbe } from '../../src/probe/probe.ts'
import { fleetWithIPv6, six, takingIPv6, worlds } from '../e2e/support/vrrp.ts'
import { balancers } from './balancers.ts'
import { ratios, type Row } from './table.ts'
import { run } from './timing.ts'

/*
 * The longest time without an answer while an IPv4 and an IPv6 address move to lb2 and back with the hand-off, and while lb1 is evacuated
 * and boots, against runs of the same length in which nothing is done; under load of twenty keep-alive connections. Runs inside the
 * lab's network, on a machine that does nothing else, and leaves the lab in another configuration: `failover.ts ROUNDS`. An operator's
 * zdt has a machine of its own; here it gives way to the lab's hosts and clients (`nice`), who share its processors.
 */
const rounds = Number(process.argv[2] ?? 5)
const base = 'http://10.77.0.100'
const urls = { IPv4: `${base}/shop/`, IPv6: `${six.url}/shop/` } as const
const families = Object.keys(urls) as (keyof typeof urls)[]
const rate = 100
const givesWay = ['nice', '-n', '19'] as const
const dir = await mkdtemp(join(tmpdir(), 'zdt-bench-'))
const fleet = join(dir, 'zdt.yaml')

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const ssh = async (host: string, line: string) => (await run([['ssh', host, line]])).stdout[0] ?? ''
const put = (host: string, path: string, text: string, unit: string) =>
  ssh(
    host,
    `echo ${Buffer.from(text).toString('base64')} | base64 -d | sudo tee ${path} > /dev/null; sudo systemctl restart ${unit}`,
  )

/** How long each probe was without an answer meanwhile, and how long all of it took. */
async function during(what: () => Promise<unknown>): Promise<{ gaps: number[]; took: number }> {
  const probes = await Promise.all(families.map((one) => startProbe({ url: urls[one], rate })))
  await sleep(1000)
  const started = performance.now()
  await what()
  const took = performance.now() - started
  const ledgers = await Promise.all(probes.map((probe) => probe.stop()))
  for (const { total } of ledgers) if (total.lost > 0) throw new Error(`${total.lost} of ${total.sent} were lost`)
  return { gaps: ledgers.map(({ total }) => total.longestGap), took }
}

/** Those of something that is done, and of as long a time without. */
interface Gaps {
  readonly of: number[]
  readonly undisturbed: number[]
}

const all: Gaps = { of: [], undisturbed: [] }

async function measured(what: string, works: readonly (() => Promise<unknown>)[]): Promise<Row[]> {
  const gaps = families.map((): Gaps => ({ of: [], undisturbed: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const work of works) {
      const done = await during(work)
      const nothing = await during(() => sleep(done.took))
      for (const [index, one] of gaps.entries()) {
        one.of.push(done.gaps[index] ?? 0)
        one.undisturbed.push(nothing.gaps[index] ?? 0)
      }
    }
  }
  for (const one of gaps) {
    all.of.push(...one.of)
    all.undisturbed.push(...one.undisturbed)
  }
  return gaps.map((one, index) => ({
    what: `${what}, ${families[index]}`,
    took: one.of,
    against: { took: one.undisturbed, goal: '<= 2 x undisturbed' },
  }))
}

const zdt =
  (...argv: readonly string[]) =>
  async () => {
    const [operation = '', target = '', ...rest] = argv
    const words = [
      ...givesWay,
      'zdt',
      operation,
      target,
      '--fleet',
      fleet,
      '--max-handoff',
      '5s',
      '--yes',
      '--json',
      ...rest,
    ]
    await run([words], { ...process.env, XDG_STATE_HOME: dir })
  }

await writeFile(fleet, fleetWithIPv6(await readFile(process.env['ZDT_FLEET'] ?? '', 'utf8')))
const cfg = '/etc/haproxy/haproxy.cfg'
const conf = '/etc/keepalived/keepalived.conf'
const own = new Map<string, string>()
for (const host of balancers) {
  own.set(host, await ssh(host, `cat ${conf}`))
  await put(host, cfg, takingIPv6(await ssh(host, `cat ${cfg}`)), 'haproxy')
}
const paced = ['-s', join(import.meta.dirname, '../e2e/support/paced.lua')]

/** Under load, as soon as the world is that one: nobody is left whom a restart of Keepalived has cut. */
async function inWorld(edit: (conf: string, host: string) => string, work: () => Promise<Row[]>): Promise<Row[]> {
  for (const host of balancers) await put(host, conf, edit(own.get(host) ?? '', host), 'keepalived')
  await sleep(10_000)
  for (const host of balancers) await ssh(host, 'sudo systemctl restart haproxy')
  await sleep(3000)
  const wrk = spawn('wrk', ['-t1', '-c20', '-d3600s', ...paced, urls.IPv4], { stdio: 'ignore' })
  try {
    return await work()
  } finally {
    wrk.kill('SIGINT')
    await once(wrk, 'exit')
  }
}

try {
  const moves = ['lb2', 'lb1'].map((to) => zdt('failover', 'public', '--to', to))
  const rows: Row[] = []
  for (const [world, edit] of worlds)
    rows.push(...(await inWorld(edit, () => measured(`failover and back: ${world}`, moves))))
  const look = async () => {
    for (let time = 0; time < 3; time++) await run([[...givesWay, 'zdt', 'vip', '--fleet', fleet, '--json']])
  }
  rows.push(...(await inWorld(worlds[0][1], () => measured('zdt vip thrice, which changes nothing', [look, look]))))
  const boot = [zdt('evacuate', 'lb1', '--', 'sudo', 'reboot')]
  rows.push(...(await inWorld(worlds[0][1], () => measured('evacuate lb1 -- sudo reboot', boot))))
  const longest = (of: readonly number[]) => [Math.max(...of)]
  rows.push({
    what: `the longest of all ${all.of.length}`,
    took: longest(all.of),
    against: { took: longest(all.undisturbed), goal: '<= 2 x undisturbed' },
  })
  process.stdout.write(`${ratios('the longest time without an answer, at 100 requests a second', rows)}\n`)
} finally {
  await rm(dir, { recursive: true })
}
