import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { Event } from '../../../src/engine/events.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { sleep } from '../../../src/lib/clock.ts'
import { askFromOutside, fromOutside } from '../support/from-outside.ts'
import { useLab, type Ended, type Given, type Lab } from '../support/lab.ts'
import { startInLab, type Running } from '../support/running.ts'
import type { Halt } from './halt-at.ts'
import type { Operation } from './operations.ts'
import { differences, hosts, hostsIn, worldOf, type World } from './world.ts'

const haltAt = new URL('halt-at.ts', import.meta.url).href

/** A lab of one's own, with a directory for journals: one case after the other runs in it. */
export interface Lane {
  readonly lab: Lab
  /** Where zdt keeps its journals, as XDG_STATE_HOME. */
  readonly home: string
  /** The world as the lab came up. */
  readonly own: World
  /** zdt, to its end. */
  zdt(argv: readonly string[], given?: Given): Promise<Ended>
  /** zdt beside the test, streaming its events; it halts where it is told to. */
  start(argv: readonly string[], halt?: Halt, given?: Given): Promise<Running>
  /** The journal of a run on this machine. */
  journal(run: string): Promise<Event[]>
  /** A line for a host's shell, as root, without ssh. */
  root(host: string, line: string): Promise<string>
  /** Waits for the world to be as expected, ten seconds at most; says what is not. */
  unlike(expected: World, patience?: number): Promise<string[]>
}

/** Brings a lab up for the tests of this file, this worker's own where none is named, and takes it down after them. */
export function useLane(name?: string): () => Lane {
  const lab = useLab(name === undefined ? {} : { name })
  let lane: Lane | undefined
  beforeAll(async () => {
    const home = await mkdtemp(join(tmpdir(), 'zdt-chaos-'))
    await Promise.all(hosts.map((host) => fromOutside(lab, host, keep)))
    lane = laneIn(lab, home, await worldOf(lab))
  }, 60_000)
  afterAll(async () => {
    if (lane) await rm(lane.home, { recursive: true, force: true })
  })
  return () => {
    if (!lane) throw new Error(`the lab ${lab.name} is not up`)
    return lane
  }
}

function laneIn(lab: Lab, home: string, own: World): Lane {
  const env = { XDG_STATE_HOME: home, NO_COLOR: '1' }
  return {
    lab,
    home,
    own,
    zdt: (argv, given) => lab.zdt(argv, { timeout: 240_000, ...given, env: { ...env, ...given?.env } }),
    start: (argv, halt, given) => {
      const halting = halt && { NODE_OPTIONS: `--import ${haltAt}`, ZDT_CHAOS_HALT: JSON.stringify(halt) }
      const zdt = [join(labPaths(lab.name).bin, 'zdt'), ...argv, '--yes', '--events']
      return startInLab(lab, zdt, { timeout: 240_000, ...given, env: { ...env, ...halting, ...given?.env } })
    },
    journal: async (run) => {
      const text = await readFile(join(home, 'zdt/runs', `${run}.ndjson`), 'utf8')
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Event)
    },
    root: (host, line) => fromOutside(lab, host, line),
    unlike: async (expected, patience = 10_000) => {
      const deadline = Date.now() + patience
      let is = await worldOf(lab)
      for (;;) {
        const unlike = differences(is, expected)
        if (unlike.length === 0 || Date.now() > deadline) return unlike
        await sleep(100)
        // A look at a host is dear: only where something differs is looked again.
        const again = hostsIn(unlike)
        const others = is.filter((fact) => !again.some((host) => fact.startsWith(`${host} `)))
        is = [...others, ...(await worldOf(lab, again))]
      }
    },
  }
}

/** Waits until a zdt has halted: has stopped indeed, where it was to, or has ended. Rejects when it ended without. */
export async function halted(zdt: Running): Promise<void> {
  await zdt.said(/^halted$/m)
  // It says so the moment before; and what is dead, or waited for already, needs no waiting.
  for (;;) {
    const stat = await readFile(`/proc/${zdt.pid}/stat`, 'utf8').catch(() => '')
    if (!/\) [RSD] /.test(stat)) return
    await sleep(5)
  }
}

/** The run that a zdt has begun, by its events; `no run` where it has not come so far. */
export function runOf(zdt: Running | undefined): string {
  return /"plan":\{"id":"(\w+)"/.exec(zdt?.stdout() ?? '')?.[1] ?? 'no run'
}

/** Makes the world one for an operation to begin in, and returns it. Throws when it will not become so. */
export async function prepare(lane: Lane, { before: of, setUp, orders = [] }: Operation): Promise<World> {
  await setUp?.(lane.lab)
  const before = (await of?.(lane.own, lane.lab)) ?? lane.own
  await order(lane, [...asConfigured(lane), ...orders])
  const left = await lane.unlike(before, 0)
  // Seats come right by themselves; what else the last case left does not.
  if (left.every((fact) => fact.includes(' seat ')) && (await lane.unlike(before, 3000)).length === 0) return before
  await Promise.all(hosts.map((host) => lane.root(host, startOver)))
  await setUp?.(lane.lab)
  await order(lane, orders)
  const unlike = await lane.unlike(before, 20_000)
  if (unlike.length > 0) throw new Error(`the lab cannot be made ready:\n${unlike.join('\n')}`)
  return before
}

/** Tells both load balancers orders of the runtime CLI. */
export async function order(lane: Lane, orders: readonly string[]): Promise<void> {
  if (orders.length === 0) return
  const socket = '/run/haproxy/admin.sock'
  await Promise.all(['lb1', 'lb2'].map((lb) => askFromOutside(lane.lab, lb, socket, orders.join(';'))))
}

/** Every seat of the lab as its configuration has it. */
function asConfigured({ own }: Lane): string[] {
  const seats = own.flatMap((fact) => /^lb1 seat (\S+)/.exec(fact)?.[1] ?? [])
  return seats.flatMap((seat) => [`set server ${seat} state ready`, `set server ${seat} weight 100%`])
}

/** What an operation may have changed of files, for the next one. */
const keep =
  'tar -C / -cf /root/was.tar $(cd / && ls -d etc/haproxy etc/nginx etc/keepalived etc/shop usr/sbin/nginx usr/sbin/haproxy usr/sbin/keepalived)'

/** After a case that failed, or that changed more than seats: nothing of it may be left for the next. */
const startOver = `pkill -KILL -u deploy
rm -rf /var/lib/zdt/locks /var/lib/zdt/config /etc/haproxy/splits /etc/haproxy/.*zdt* /usr/sbin/*zdt* /usr/sbin/.*zdt*
for unit in $(systemctl list-units --plain --no-legend 'zdt-*.timer' | cut -d' ' -f1); do
  systemctl start "\${unit%.timer}.service"
  systemctl stop "$unit"
done
systemctl stop 'zdt-work-*'
if [ -d /etc/shop ]; then
  systemctl stop 'zdt-watchdog-*' edge
  rm -rf /opt/edge
  rm -f /etc/shop/*
  tar -C / -xpf /root/was.tar
  systemctl restart shop
elif systemctl is-enabled --quiet haproxy; then
  systemctl stop 'zdt-watchdog-*'
  tar -C / -xpf /root/was.tar
  systemctl restart haproxy
  cmp -s /usr/sbin/keepalived "/proc/$(systemctl show -p MainPID --value keepalived)/exe" || systemctl restart keepalived
else
  systemctl stop nginx
  pkill -KILL -x nginx
  rm -f /run/nginx.pid*
  tar -C / -xpf /root/was.tar
  systemctl reset-failed nginx
  systemctl start nginx
fi
true`
