import type { StepDraft } from '../../engine/plan.ts'
import type { Fleet, Pool } from '../../fleet/fleet.ts'
import { poolNamed, placesOf, upstreamSeatsIn } from '../../fleet/selectors.ts'
import { variants, variantsServed, type RuleKey, type Rules, type Variant } from '../../lib/split-rules.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import { upstreamFile } from '../../fleet/configurations.ts'
import type { HostName } from '../../lib/types.ts'
import { haproxyServes, whyOut, type HaproxyReceives } from '../../steps/split/haproxy-serves.ts'
import { nginxServes, type NginxReceives } from '../../steps/split/nginx-serves.ts'
import { refuseIfFew, type Sending } from '../../steps/split/too-few-serve.ts'
import { lookAtSeats } from '../look-at-seats.ts'
import type { World } from '../operation.ts'
import { seatRow } from '../seat-row.ts'
import type { SeatRow } from '../situation.ts'
import { healthOf, lookAtUpstreams } from '../upstreams/look.ts'
import { groupOf } from './seen.ts'

/** Does anybody go to this pool by the new rules who did not by the old? */
export function gains(before: Rules, after: Rules, to: Variant): boolean {
  const other = to === 'a' ? 'b' : 'a'
  // Nobody at all is sent there.
  if (!variantsServed(after).includes(to)) return false
  const isDrawn = to === 'b' ? after.share > before.share : after.share < before.share
  const isNamed = after.rules.some((rule) => rule.to === to && says(before, rule) !== to)
  // Those who are named no longer go where the share sends them.
  const isLeft = before.rules.some((rule) => rule.to === other && says(after, rule) === undefined)
  return isDrawn || isNamed || isLeft
}

function says({ rules }: Rules, { by, key }: RuleKey): Variant | undefined {
  return rules.find((one) => one.by === by && one.key === key)?.to
}

/** The pools that get clients. */
export function receiving(fleet: Fleet, split: SplitSpec, before: Rules, after: Rules): Pool[] {
  return variants.filter((one) => gains(before, after, one)).map((one) => poolNamed(fleet, split[one]))
}

type Receives =
  | { readonly kind: 'haproxy'; readonly question: HaproxyReceives }
  | { readonly kind: 'nginx'; readonly question: NginxReceives }

/** What is asked before clients are sent to pools: at least `min_available` of each, and one in any case, serve. */
export function questionFor(
  fleet: Fleet,
  split: SplitSpec,
  pools: readonly Pool[],
  { anyway, allowEmpty }: { readonly anyway: string; readonly allowEmpty: boolean },
): Receives {
  const sending: Sending = { doing: `sending clients to ${pools.map(({ name }) => name).join(' and ')}`, anyway }
  const wanted = ({ minAvailable }: Pool) => (allowEmpty ? 0 : Math.max(1, minAvailable))
  const found = groupOf(fleet, split)
  if (found.kind === 'haproxy') {
    const asked = pools.map((pool) => {
      const { name, backend, servers } = pool
      return { pool: name, wanted: wanted(pool), backend, servers: servers.map((server) => server.name) }
    })
    return { kind: 'haproxy', question: { ...sending, socket: found.group.socket, pools: asked } }
  }
  const asked = pools.map((pool) => {
    const { name, servers } = pool
    return {
      pool: name,
      wanted: wanted(pool),
      file: upstreamFile(found.group, pool),
      servers: servers.map(({ name: server, address, port }) => ({ name: server, address, port })),
      health: healthOf(pool),
    }
  })
  return { kind: 'nginx', question: { ...sending, pools: asked } }
}

/** The guard that asks it on one host. */
export function guardOn(host: HostName, { kind, question }: Receives): StepDraft {
  return kind === 'haproxy' ? haproxyServes.at(host, question) : nginxServes.at(host, question)
}

/** The servers of these pools as every balancer sees them. Throws TooFewServe. */
export async function judgeReceiving(
  { fleet, hosts }: World,
  pools: readonly Pool[],
  { question }: Receives,
  running: readonly HostName[],
): Promise<SeatRow[]> {
  const rows = await Promise.all(
    pools.map(async (pool): Promise<SeatRow[]> => {
      const asked = question.pools.find((one) => one.pool === pool.name)
      if (!asked) return []
      if (pool.balancer.kind === 'nginx') {
        const seen = await lookAtUpstreams(fleet, hosts, upstreamSeatsIn(fleet, pool))
        for (const { host, standings } of seen) refuseIfFew(host, asked, standings, question)
        return seen.flatMap((one) => one.rows)
      }
      const seats = pool.servers
        .flatMap(({ name }) => placesOf(fleet, `${pool.name}/${name}`).seats)
        .filter(({ host }) => running.includes(host))
      const seen = await lookAtSeats(hosts, seats)
      for (const host of new Set(seats.map((seat) => seat.host))) {
        const own = seen.filter(({ seat }) => seat.host === host)
        const stands = own.map(({ seat, view }) => ({ name: seat.server, out: whyOut(view) }))
        refuseIfFew(host, asked, stands, question)
      }
      return seen.map(({ seat, view, old }) => seatRow(seat.host, view, old))
    }),
  )
  return rows.flat()
}
