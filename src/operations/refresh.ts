import { plan, type StageDraft } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { hostNamed, vipsOf } from '../fleet/selectors.ts'
import type { BatchSize } from '../lib/batches.ts'
import type { Millis, HostName } from '../lib/types.ts'
import { onDisk } from './candidate.ts'
import { claimsDrained } from './claims.ts'
import { backupOf } from './kept-binary.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { refuseHolders } from './refresh/holders.ts'
import { findStale, type Stale } from './refresh/stale-daemons.ts'
import { keepalivedAsks, restarted } from './restart-keepalived.ts'
import { draftHaproxy } from './upgrade-haproxy/draft.ts'
import { draftNginx } from './upgrade-nginx/draft.ts'
import { namesOf, whoRun } from './upgrade-words.ts'

export interface RefreshOptions {
  /** All that have one of the daemons, where none is named. */
  readonly hosts: readonly string[]
  /** How many hosts of nginx at once. */
  readonly batch: readonly BatchSize[]
  readonly timeout: Millis
  /** How long each new process must serve before it is called done. */
  readonly hold: Millis
  readonly max5xx: number
  readonly allowEmpty: boolean
  /** nginx and HAProxy also where the host holds a VIP. */
  readonly inPlace: boolean
  readonly withoutTrial: boolean
}

/**
 * Has the daemons that run a deleted binary or a deleted library, and no others, run what lies on disk: nginx by USR2, WINCH,
 * QUIT; HAProxy by a re-exec of its master, with what operators have set; Keepalived, on a BACKUP, by a restart. Throws what
 * draftNginx and draftHaproxy throw, and HoldsVip.
 */
export const refresh: Operation<RefreshOptions> = {
  title: ({ hosts }) => ['refresh', ...hosts].join(' '),
  claims: (fleet, { hosts }) => {
    const names = namesIn(fleet, hosts)
    const nginx = names.filter((name) => [...fleet.nginx.values()].some((group) => group.hosts.includes(name)))
    return claimsDrained(fleet, names, nginx)
  },
  looksFirst: true,
  propose,
}

async function propose(world: World, options: RefreshOptions): Promise<Proposal> {
  const { fleet, id } = world
  const stale = await findStale(fleet, world.hosts, namesIn(fleet, options.hosts))
  await refuseHolders(world, stale, options)
  const { hold, max5xx, timeout, withoutTrial, batch, allowEmpty, inPlace } = options
  const phases = { source: onDisk, hold, timeout, withoutTrial, inPlace }
  const again = ['zdt', refresh.title(options), '--allow-empty'].join(' ')
  const [nginx, haproxy] = await Promise.all([
    draftNginx(world, hostsOf(stale, 'nginx'), {
      ...phases,
      batch,
      allowEmpty,
      max5xx,
      keepOld: 0,
      repair: false,
      anyway: again,
    }),
    draftHaproxy(world, hostsOf(stale, 'haproxy'), { ...phases, max5xx, waitOldWorkers: false }),
  ])
  const asks = new Map(
    await Promise.all(
      hostsOf(stale, 'keepalived').map(async (name) => [name, await keepalivedAsks(world, name)] as const),
    ),
  )
  const kept = [...nginx.todo, ...haproxy.todo].map((work) => `${work.name}:${backupOf(work)}`)
  const names = [...new Set(stale.map(({ host }) => host))].map((name) => ({ name }))
  return {
    situation: {
      fleet: fleet.name,
      seats: nginx.seats,
      capacity: nginx.capacity,
      facts: [...stale.map(({ fact }) => fact), ...nginx.facts, ...haproxy.facts, ...ways(stale)],
    },
    plan: plan(
      ['refresh', namesOf(names)].join(' ').trim(),
      fleet.digest,
      [
        ...nginx.tested,
        ...haproxy.tested,
        ...nginx.carriedOut,
        ...haproxy.carriedOut,
        ...hostsOf(stale, 'keepalived').flatMap((name): StageDraft[] =>
          restarted(name, vipsOf(fleet, name), { withoutTrial, asks: asks.get(name) ?? [] }),
        ),
      ],
      id,
    ),
    done: `${whoRun(names)} what lies on disk${kept.length > 0 ? `; what ran before is kept as ${kept.join(', ')}` : ''}`,
    already: 'every daemon runs what lies on disk already',
    onTimeout: 'put-back',
  }
}

function hostsOf(stale: readonly Stale[], wanted: Stale['daemon']): HostName[] {
  return [...new Set(stale.filter(({ daemon }) => daemon === wanted).map(({ host }) => host))]
}

/** What a library was before the update lies nowhere any more. */
function ways(stale: readonly Stale[]): string[] {
  const libraries = stale.filter(({ library, daemon }) => library && daemon !== 'keepalived').map(({ host }) => host)
  if (libraries.length === 0) return []
  return [
    `the libraries of before are gone from ${[...new Set(libraries)].join(', ')}: the way back ends where the old processes end`,
  ]
}

function namesIn(fleet: Fleet, wanted: readonly string[]): HostName[] {
  const groups = [...fleet.haproxy.values(), ...fleet.nginx.values(), ...fleet.keepalived.values()]
  const all = [...fleet.hosts.keys()].filter((name) => groups.some(({ hosts }) => hosts.some((one) => one === name)))
  return (wanted.length > 0 ? [...new Set(wanted)] : all).map((name) => hostNamed(fleet, name).name)
}
