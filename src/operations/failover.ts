import { plan } from '../engine/plan.ts'
import type { Fleet, KeepalivedSpec } from '../fleet/fleet.ts'
import { vipNamed } from '../fleet/selectors.ts'
import { formatDuration } from '../lib/durations.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { lookAtVip } from '../steps/vip/look-at-vip.ts'
import { instancesOf } from '../steps/vip/troubles.ts'
import type { VipQuestion, VipReport } from '../steps/vip/vip-report.ts'
import { claimsOf } from './claims.ts'
import type { Operation, World } from './operation.ts'
import { NoWayToMove, planMove, type PlannedMove } from './plan-move.ts'
import type { Proposal } from './proposal.ts'
import { questionOf } from './vips.ts'

export interface FailoverOptions {
  /** A VIP's name or address. */
  readonly vip: string
  /** Default: the other host; of several the one with the highest priority. */
  readonly to?: string
  /** Keep established connections where they are until they end. */
  readonly handOff: boolean
  /** How long they may take. */
  readonly maxHandOff: Millis
}

/** Moves a VIP to another host, and keeps its connections. Throws UnfitToTake, NoWayToMove, and what fleet and hosts throw. */
export const failover: Operation<FailoverOptions> = {
  title: ({ vip, to }) => `failover ${vip}${to === undefined ? '' : ` to ${to}`}`,
  claims: (fleet, { vip }) => claimsOf(fleet, [], vipNamed(fleet, vip).hosts),
  propose: proposeMove,
}

interface Asked extends FailoverOptions {
  /** What was typed. */
  readonly as?: 'failback'
}

/** The same, by whatever name it was asked for. */
export async function proposeMove(world: World, options: Asked): Promise<Proposal> {
  const { fleet, hosts, id } = world
  const spec = vipNamed(fleet, options.vip)
  const vip = questionOf(fleet, spec)
  const report = await lookAtVip(hosts, vip)
  const { name } = vip
  const title = `${options.as ?? 'failover'} ${name}`
  const to = targetOf(report, spec, options.to)
  const [from] = report.holders
  if (from === to && report.state === 'held' && report.troubles.length === 0) {
    return said(fleet, plan(title, fleet.digest, [], id), vip, to)
  }
  const planned = await planMove(world, report, { ...options, vip, from: from ?? to, to })
  return said(fleet, plan(title, fleet.digest, planned.stages, id), vip, to, planned)
}

function said(
  fleet: Fleet,
  thePlan: Proposal['plan'],
  { name, address }: VipQuestion,
  to: HostName,
  planned?: PlannedMove,
): Proposal {
  const { move, facts = [], ends } = planned ?? {}
  const from = move?.from
  const addresses = move?.addresses.join(', ') ?? address
  const back = from && { putBackWith: `zdt failover ${name} --to ${from}` }
  const meanwhile =
    from !== undefined && ends !== undefined
      ? `Without you: who is connected to ${from} stays so, and both hosts end the hand-off by themselves, ${formatDuration(ends)} after the wait for them began at the latest; who is left then is cut. Who holds it: zdt vip ${name}`
      : undefined
  return {
    situation: { fleet: fleet.name, seats: [], capacity: [], facts },
    plan: thePlan,
    done: `${to} holds ${addresses}${from ? ` (was ${from})` : ''}: alone, and the segment hears it`,
    already: `${to} holds ${address} already: alone, and the segment hears it`,
    ...back,
    halfWay: {
      goOnWith: `zdt resume ${thePlan.id}`,
      putBackWith: `zdt rollback ${thePlan.id}`,
      ...(meanwhile !== undefined && { meanwhile }),
    },
    onTimeout: 'leave',
  }
}

/** Throws, exit `usage`, for a host that may not hold the VIP. */
function targetOf(report: VipReport, { name, hosts }: KeepalivedSpec, wanted: string | undefined): HostName {
  const known = hosts.find((host) => host === wanted)
  if (known) return known
  if (wanted !== undefined) {
    throw new ZdtError(`${wanted} is no node of ${name}`, {
      code: 'not-a-node',
      exit: 'usage',
      suggestions: [`${name} may be held by ${hosts.join(', ')}`],
    })
  }
  const others = instancesOf(report).filter(({ host }) => !report.holders.includes(host))
  const [best] = others.toSorted((a, b) => b.instance.total - a.instance.total)
  const target = best?.host ?? hosts.find((host) => !report.holders.includes(host))
  if (target) return target
  throw new NoWayToMove(name, 'there is no other node')
}
