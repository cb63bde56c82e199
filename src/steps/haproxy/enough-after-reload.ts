import { illnessOf } from '../../daemons/app/look.ts'
import { setState, showServersState, type Place } from '../../daemons/haproxy/commands.ts'
import { isBackend, parseConfig } from '../../daemons/haproxy/config/sections.ts'
import { HaproxySilent, NoRuntimeSocket } from '../../daemons/haproxy/errors.ts'
import { afterReload, serves, type ServerAfter } from '../../daemons/haproxy/kept/after-reload.ts'
import type { Configurations } from '../../daemons/haproxy/kept/keeping.ts'
import { parseRuntimeState, type RuntimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import { ask } from '../../daemons/haproxy/runtime.ts'
import { parseServers, showServers } from '../../daemons/haproxy/servers.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import type { Host } from '../../hosts/host.ts'
import { textAt } from '../../hosts/text-at.ts'
import type { Health } from '../../lib/app-questions.ts'
import { defineGuard } from '../define.ts'
import { daemonThing } from '../things.ts'
import type { Short } from './capacity.ts'
import { TooFewLeft } from './too-few-left.ts'

/** What is asked of one load balancer: does each pool keep enough when it reads another configuration? */
export type PoolsAfterReload = {
  readonly unit: string
  readonly socket: string
  /** What it is about to read, and what lies there of what it runs; undefined where nobody knows that. */
  readonly next: string
  readonly running?: string
  /** A backend that it has not is gone: it is in no other file, and under no other name. */
  readonly whole?: true
  /** Servers that it brings, to begin in maintenance. */
  readonly atRest?: readonly Place[]
  readonly pools: readonly {
    readonly pool: string
    readonly backend: string
    /** By name. */
    readonly servers: readonly string[]
    readonly wanted: number
    /** Of those that no check has looked at yet. */
    readonly health: Health
  }[]
  /** The command that does it all the same; none is there for a way back. */
  readonly anyway?: string
}

/**
 * Throws TooFewLeft where a pool would fall below what it wants: of those that serve now they stay that the reload keeps
 * (docs/runtime-state.md), and those that come count where they answer from here. A backend that one of the configurations has not
 * comes or goes as a whole, or is in another file. `texts`: what those files are to say.
 */
export async function refuseTooFewAfterReload(
  host: Host,
  question: PoolsAfterReload,
  texts: Configurations | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const configurations = texts ?? (await textsAt(host, question, signal))
  const answers = await ask(host, question.socket, showServers(), signal && { signal }).catch((error: unknown) => {
    // One that does not run, or hangs, serves nobody: there is nothing to keep.
    if (error instanceof NoRuntimeSocket || error instanceof HaproxySilent) return undefined
    throw error
  })
  if (!answers || !configurations) return
  const { running, next } = configurations
  const [was, is] = [backendsIn(running ?? ''), backendsIn(next)]
  const seen = { state: parseRuntimeState(answers), views: parseServers(answers).servers }
  const all = afterReload(seen.state, configurations)
  for (const pool of question.pools) {
    // One that comes with it had nobody; one that goes, and can be in no other file, keeps nobody.
    const isIts = running === undefined || was.has(pool.backend)
    if (!isIts || !(is.has(pool.backend) || question.whole)) continue
    const short = await shortAfter(host, question, { pool, ...seen, all }, signal)
    if (short) throw new TooFewLeft(short)
  }
}

function backendsIn(text: string): ReadonlySet<string> {
  return new Set(
    parseConfig(text)
      .filter(isBackend)
      .map(({ name }) => name),
  )
}

interface Seen {
  readonly pool: PoolsAfterReload['pools'][number]
  readonly state: RuntimeState
  readonly views: readonly ServerView[]
  readonly all: readonly ServerAfter[]
}

async function shortAfter(
  host: Host,
  { socket, anyway }: PoolsAfterReload,
  { pool: { pool, backend, servers, wanted, health }, state, views, all }: Seen,
  signal?: AbortSignal,
): Promise<Short | undefined> {
  const isOwn = (one: Place & { readonly backup: boolean }) =>
    one.backend === backend && (servers.includes(one.server) || !one.backup)
  const before = state.servers.filter((one) => isOwn(one) && serves(one))
  const later = all.filter(isOwn)
  const enough = Math.min(wanted, before.length)
  const stay = later.filter(({ is }) => is === 'serving')
  if (stay.length >= enough) return undefined
  const coming = await Promise.all(
    later
      .filter(({ is }) => is === 'unseen')
      .map(async (one) => ({ server: one.server, ill: await illOf(host, one, health, signal) })),
  )
  const come = coming.filter(({ ill }) => ill === null)
  const after = stay.length + come.length
  if (after >= enough) return undefined
  const kept = new Set([...stay, ...come].map(({ server }) => server))
  const leaving = before.map(({ server }) => server).filter((server) => !kept.has(server))
  const own = views.filter((view) => view.backend === backend)
  return {
    host: host.name,
    after,
    others: own.filter(({ server }) => !leaving.includes(server)),
    coming,
    question: {
      socket,
      pool,
      backend,
      wanted,
      leaving,
      servers: own.map(({ server }) => server),
      doing: `a reload without ${leaving.join(', ')}`,
      anyway:
        anyway ??
        outFirst(
          host,
          leaving.map((server) => ({ backend, server, pool, isKnown: servers.includes(server) })),
        ),
    },
  }
}

/** What takes them out by hand: nobody is sent to them then, and nothing is in the way. */
function outFirst(
  { name }: Host,
  leaving: readonly (Place & { readonly pool: string; readonly isKnown: boolean })[],
): string {
  const each = leaving.map(({ pool, backend, server, isKnown }) =>
    isKnown
      ? `zdt maint ${pool}/${server} --allow-empty`
      : `"${setState({ backend, server }, 'maint')}" to HAProxy's runtime socket on ${name}`,
  )
  return `${each.join(', ')}, and this again`
}

/** Undefined where what is to be read does not lie there any more: it is in its place, and read. */
async function textsAt(
  host: Host,
  { next, running, atRest }: PoolsAfterReload,
  signal?: AbortSignal,
): Promise<Configurations | undefined> {
  const [to, from] = await Promise.all([
    textAt(host, next, signal),
    running === undefined ? undefined : textAt(host, running, signal),
  ])
  return to === undefined
    ? undefined
    : { next: to, ...(from !== undefined && { running: from }), ...(atRest && { atRest }) }
}

async function illOf(host: Host, { at }: ServerAfter, health: Health, signal?: AbortSignal): Promise<string | null> {
  return at === undefined ? 'nobody has looked at it yet' : await illnessOf(host, { ...at, health }, signal)
}

/** Right before it is read. */
export const enoughAfterReload = defineGuard<PoolsAfterReload>({
  kind: 'haproxy.enough-after-reload',
  describe: ({ pools }) => ({
    title: `${pools.map(({ pool }) => pool).join(', ')} ${pools.length === 1 ? 'keeps' : 'keep'} enough servers`,
    commands: [showServersState()],
  }),
  check: (question, on) => refuseTooFewAfterReload(on.host, question, undefined, on.signal),
  protects: ({ unit }, host) => [daemonThing(host, unit)],
})
