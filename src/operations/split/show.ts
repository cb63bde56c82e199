import { shareOf } from '../../daemons/answered/share.ts'
import { answersOf, together } from '../../daemons/haproxy/answers-given.ts'
import { showStat } from '../../daemons/haproxy/commands.ts'
import { ask } from '../../daemons/haproxy/runtime.ts'
import { asZdtError, told } from '../../engine/told.ts'
import type { Fleet, HaproxySpec, Pool } from '../../fleet/fleet.ts'
import { poolNamed, splitNamed, upstreamSeatsIn } from '../../fleet/selectors.ts'
import { variants } from '../../lib/split-rules.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import type { Hosts } from '../../hosts/host.ts'
import { halfDoneRuns } from '../half-done.ts'
import { lookAtUpstreams } from '../upstreams/look.ts'
import { lookAtSplitOn } from './look.ts'
import { groupOf, staleLines } from './seen.ts'
import type { SplitReport, SplitsReport, VariantReport } from './report.ts'

/** Who is sent where, by one split or by all, and how the two pools answer. Throws UnknownName. */
export async function showSplits(fleet: Fleet, hosts: Hosts, name?: string): Promise<SplitsReport> {
  const splits = name === undefined ? [...fleet.splits.values()] : [splitNamed(fleet, name)]
  const [reports, halfDone] = await Promise.all([
    Promise.all(splits.map((split) => reportOf(fleet, hosts, split))),
    halfDoneRuns(fleet, hosts),
  ])
  const names = new Set<string>(reports.flatMap((report) => report.hosts.map(({ host }) => host)))
  const runs = halfDone
    .filter((one) => one.hosts.some((host) => names.has(host)))
    .map(({ run, title, isRunning, next }) => ({ run, title, isRunning, next }))
  return { splits: reports, runs }
}

async function reportOf(fleet: Fleet, hosts: Hosts, split: SplitSpec): Promise<SplitReport> {
  const found = groupOf(fleet, split)
  const [seen, pools] = await Promise.all([
    Promise.all(
      found.group.hosts.map(async (host) => {
        try {
          const seen = await lookAtSplitOn(fleet, hosts, split, host)
          const { rules, share } = seen.rules
          return { host, rules: { rules, share: share / 100 }, odd: [...seen.odd, ...staleLines(split, seen)] }
        } catch (thrown) {
          return { host, rules: null, odd: [], error: told(asZdtError(thrown, host)) }
        }
      }),
    ),
    Promise.all(
      variants.map(async (variant): Promise<VariantReport> => {
        const pool = poolNamed(fleet, split[variant])
        const stand =
          found.kind === 'haproxy' ? await standing(hosts, found.group, pool) : await standingBehind(fleet, hosts, pool)
        return { variant, pool: pool.name, of: pool.servers.length, ...stand }
      }),
    ),
  ])
  const { header, cookie } = split.shareBy
  return {
    name: split.name,
    balancer: `${found.kind}/${found.group.name}`,
    header: split.header ?? null,
    cookie: split.cookie ?? null,
    shareBy: header === undefined ? (cookie === undefined ? 'address' : `cookie ${cookie}`) : `header ${header}`,
    hosts: seen,
    pools,
  }
}

type Stands = Pick<VariantReport, 'up' | 'answered'>

/** What the load balancers that can be asked have counted together. */
async function standing(hosts: Hosts, { hosts: names, socket }: HaproxySpec, pool: Pool): Promise<Stands> {
  const all = await Promise.all(
    names.map(async (name) => {
      try {
        const [csv = ''] = await ask(await hosts.on(name), socket, [showStat()])
        const names = pool.servers.map((server) => server.name)
        return [answersOf(csv, pool.backend).filter(({ server }) => names.includes(server))]
      } catch {
        // That it cannot be asked is told of beside its rules.
        return []
      }
    }),
  )
  const seen = all.flat()
  if (seen.length === 0) return { up: null, answered: null }
  const one = together(seen)
  const { answers, errors, took } = shareOf(one)
  return { up: one.filter(({ up }) => up).length, answered: { answers, errors, took } }
}

async function standingBehind(fleet: Fleet, hosts: Hosts, pool: Pool): Promise<Stands> {
  try {
    const seen = await lookAtUpstreams(fleet, hosts, upstreamSeatsIn(fleet, pool))
    const serving = seen.map(({ standings }) => standings.filter(({ out }) => out === null).length)
    return { up: Math.min(...serving), answered: null }
  } catch {
    return { up: null, answered: null }
  }
}
