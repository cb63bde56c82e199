import { whoIsAt } from '../daemons/linux/connections.ts'
import { stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { ZdtError } from '../lib/errors.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { runKeepalived } from '../steps/keepalived/run-daemon.ts'
import { setPriority } from '../steps/keepalived/set-priority.ts'
import { awaitHolder } from '../steps/vip/await-holder.ts'
import { fileThing, keepalivedThing } from '../steps/things.ts'
import { fitToTake, UnfitToTake } from '../steps/vip/fit-to-take.ts'
import { instancesOf } from '../steps/vip/troubles.ts'
import { unfitByVrrp, unfitToServe, type Move } from '../steps/vip/unfit.ts'
import type { VipQuestion, VipReport } from '../steps/vip/vip-report.ts'
import { handOffsUnderWay } from './hand-offs-under-way.ts'
import { planHandOff, type HandOff } from './hand-off.ts'
import type { World } from './operation.ts'
import { wayToMove, type WayToMove } from './way-to-move.ts'
import { whatMoves, type Moving } from './what-moves.ts'

/** From whom to whom, and how. */
interface Wish {
  /** Keep established connections where they are until they end. */
  readonly handOff: boolean
  /** How long they may take. */
  readonly maxHandOff: Millis
  readonly vip: VipQuestion
  readonly from: HostName
  readonly to: HostName
}

/** The stages of one move, with what is to be known before it is made. Throws UnfitToTake, NoWayToMove. */
export async function planMove(
  { fleet, hosts }: World,
  report: VipReport,
  { vip, from: giver, to, ...options }: Wish,
): Promise<PlannedMove> {
  const { address, name } = vip
  const reasons = [...(await handOffsUnderWay(hosts, report)), ...unfitByVrrp(report, { from: giver, to })]
  if (reasons.length > 0) throw new UnfitToTake(vip, to, reasons)
  const way = wayToMove(instancesOf(report), giver, to)
  if ('none' in way) throw new NoWayToMove(name, way.none)
  const along = whatMoves(report, giver, to, way)
  if ('refused' in along) throw new NoWayToMove(name, along.refused)
  const addresses = along.moving.map((one) => one.address)
  const move: Move = { from: giver, to, addresses, sockets: socketsOf(fleet, giver, to) }
  const unable = await unfitToServe(hosts, move)
  if (unable.length > 0) throw new UnfitToTake(vip, to, unable)
  const handOff = options.handOff
    ? await planHandOff(hosts, report, {
        from: giver,
        to,
        moving: along.moving,
        longest: options.maxHandOff,
        sockets: move.sockets,
        turning: turning(way, move, vip.unit),
      })
    : { impossible: 'it is not wanted' }
  const stages = [
    stage(`${to} is fit to take ${address}`, [fitToTake.at(to, { vip, move })]),
    ...('impossible' in handOff ? [] : handOff.before),
    ...moved(way, vip, move, handOff),
    ...('impossible' in handOff ? [] : handOff.after),
  ]
  const open = (await Promise.all(addresses.map(async (one) => whoIsAt(await hosts.on(giver), one)))).flat().length
  const facts = factsOf({ ...move, way, handOff, because: along.because, open })
  return { move, way, moving: along.moving, stages, facts, ...('ends' in handOff && { ends: handOff.ends }) }
}

/** A move as it is planned. */
export interface PlannedMove {
  readonly move: Move
  readonly way: WayToMove
  readonly moving: readonly Moving[]
  readonly stages: readonly StageDraft[]
  readonly facts: readonly string[]
  /** Where there is a hand-off: when the hosts end it by themselves. */
  readonly ends?: Millis
}

/** The move itself, and the wait for exactly one holder. */
export function moved(way: WayToMove, vip: VipQuestion, { from, to, addresses }: Move, handOff: HandOff): StageDraft[] {
  const { address, unit } = vip
  const all = addresses.join(', ')
  const there = arrived(vip, { to, addresses }, way.takes)
  const takes = { host: to, from, addresses }
  const [handedOff, telling] = 'impossible' in handOff ? [false, []] : [true, handOff.telling]
  const takesBack = { host: from, from: to, addresses, handedOff, telling }
  if (way.by === 'priority') {
    const shifts = way.shifts.map(({ host, ...shift }) =>
      setPriority.at(host, { address, unit, ...shift, takes, takesBack }),
    )
    return [stage(`move ${all} to ${to}: shift priorities`, shifts), there]
  }
  return [
    stage(`move ${all} to ${to}: stop Keepalived on ${from}`, [
      runKeepalived.at(from, { unit, wanted: 'stopped', takes, ...(!way.again && { takesBack }) }),
    ]),
    there,
    ...(way.again ? [stage(`start Keepalived on ${from}`, [runKeepalived.at(from, { unit, wanted: 'running' })])] : []),
  ]
}

/** The wait for exactly one holder. */
export function arrived(
  vip: VipQuestion,
  { to, addresses }: Pick<Move, 'to' | 'addresses'>,
  takes: Millis,
): StageDraft {
  return stage(
    `wait until ${to} alone holds ${addresses.join(', ')}`,
    addresses.map((one) => awaitHolder.at(to, { vip: { ...vip, address: one }, timeout: takes + 15_000 })),
  )
}

/** What is to be known of a move before it is made. */
interface Made extends Move {
  readonly way: WayToMove
  readonly handOff: HandOff
  readonly because: readonly string[]
  /** How many are connected to them on the holder. */
  readonly open: number
}

function factsOf({ from, to, addresses, way, handOff, because, open }: Made): string[] {
  const connections = `${open} connection${open === 1 ? '' : 's'}`
  return [
    `${from} holds ${addresses.join(', ')}, with ${connections}; ${to} is fit to take ${addresses.length > 1 ? 'them' : 'it'}`,
    ...because,
    way.cost,
    'impossible' in handOff
      ? `no hand-off: ${handOff.impossible}. The move cuts ${connections}`
      : `hand-off: ${connections} stay with ${from} until they end${handOff.told === 'yes' ? ', and HAProxy tells their clients to go' : ''}; should zdt die, both hosts clean up ${formatDuration(handOff.ends)} after the beginning`,
    ...('told' in handOff && handOff.told === 'cannot'
      ? [
          `HAProxy on ${from} cannot tell its clients to go, so that they stay until they go by themselves: see docs/templates.md`,
        ]
      : []),
  ]
}

/** What the steps change by which the VIP moves. */
export function turning(way: WayToMove, { from }: Move, unit: string): string[] {
  return way.by === 'priority'
    ? way.shifts.map(({ host, path }) => fileThing(host, path))
    : [keepalivedThing(from, unit)]
}

/** The runtime sockets of the HAProxy groups that run on both. */
function socketsOf(fleet: Fleet, from: HostName, to: HostName): string[] {
  const both = [...fleet.haproxy.values()].filter(({ hosts }) => hosts.includes(from) && hosts.includes(to))
  return [...new Set(both.map(({ socket }) => socket))]
}

/** The configuration lets the VIP not be moved there. */
export class NoWayToMove extends ZdtError {
  constructor(name: string, why: string) {
    super(`${name} cannot be moved: ${why}`, {
      code: 'no-way-to-move',
      exit: 'refused',
      suggestions: [`zdt vip ${name}`],
    })
  }
}
