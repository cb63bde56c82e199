import type { Instance } from '../daemons/keepalived/parse-dump.ts'
import { sameAddress } from '../daemons/linux/ip.ts'
import type { HostName } from '../lib/types.ts'
import type { VipReport } from '../steps/vip/vip-report.ts'
import type { Shift, WayToMove } from './way-to-move.ts'

/** An address that changes its host, and its interface on either. */
export type Moving = { readonly address: string; readonly giving: string; readonly taking: string }

/** What a move takes along, or why it must not be made. */
export type Along =
  | {
      readonly moving: readonly Moving[]
      /** Why more than the VIP's own instance moves, one sentence each. */
      readonly because: readonly string[]
    }
  | { readonly refused: string }

/** An instance on the old holder, and the same one on the new. */
interface Pair {
  readonly name: string
  readonly given: Instance
  readonly taken: Instance | undefined
}

/**
 * All addresses that leave the holder: those of the VIP's own instance; of those that the same track files, or the stop,
 * move; and of the sync groups that any of these is in, whose members move together (keepalived.conf(5), vrrp_sync_group). Pure.
 */
export function whatMoves(report: VipReport, from: HostName, to: HostName, way: WayToMove): Along {
  const shifts = way.by === 'priority' ? way.shifts : []
  const elsewhere = shiftedElsewhere(report, [from, to], shifts)
  if (elsewhere !== undefined) return { refused: elsewhere }
  const taken = instancesOn(report, to)
  const [own, ...others] = instancesOn(report, from).map((given): Pair => ({
    name: given.name,
    given,
    taken: taken.find((one) => alike(given, one)),
  }))
  if (!own) return { refused: `Keepalived does not tell of the VIP on ${from}` }
  const masters = others.filter(({ given }) => given.state === 'MASTER')
  const pushed = masters.filter((pair) => way.by === 'stop' || outranked(pair, from, to, shifts))
  const groups = new Set([own, ...pushed].flatMap(({ given }) => given.syncGroup ?? []))
  const isGrouped = ({ given }: Pair) => given.syncGroup !== undefined && groups.has(given.syncGroup)
  const [grouped, alone] = [masters.filter(isGrouped), pushed.filter((pair) => !isGrouped(pair))]
  const pairs = [own, ...grouped, ...alone]
  const unready = pairs.slice(1).find((pair) => pair.taken?.state !== 'BACKUP')
  if (unready) {
    const state = unready.taken ? `is ${unready.taken.state} there` : `${to} has no such instance`
    return { refused: `${unready.name} would move with it, and ${state}` }
  }
  const how = way.by === 'stop' ? 'Keepalived is stopped as a whole' : 'the same track file'
  return {
    moving: pairs.flatMap(moving),
    because: [
      ...because([own], `one instance (${own.name})`, report.address),
      ...because(grouped, `one sync group (${[...groups].join(', ')})`),
      ...because(alone, how),
    ],
  }
}

function because(pairs: readonly Pair[], why: string, but?: string): string[] {
  const all = pairs.flatMap(({ given }) => given.addresses)
  const addresses = all.filter((one) => but === undefined || !sameAddress(one, but))
  if (addresses.length === 0) return []
  return [`${addresses.join(', ')} move${addresses.length > 1 ? '' : 's'} with it: ${why}`]
}

function moving({ given, taken }: Pair): Moving[] {
  return given.addresses.map((address) => ({
    address,
    giving: placeOf(given, address),
    taking: placeOf(taken ?? given, address),
  }))
}

function placeOf({ devices, device }: Instance, address: string): string {
  return Object.entries(devices).find(([one]) => sameAddress(one, address))?.[1] ?? device
}

/** The VIP's own instance first. */
function instancesOn({ nodes }: Pick<VipReport, 'nodes'>, host: HostName): readonly Instance[] {
  const node = nodes.find((one) => one.host === host)
  return !node || node.error || !node.instance ? [] : [node.instance, ...node.others]
}

function alike(one: Instance, other: Instance): boolean {
  return one.addresses.some((address) => other.addresses.some((known) => sameAddress(known, address)))
}

/** Whether shifted priorities make it move as well. */
function outranked({ given, taken }: Pair, from: HostName, to: HostName, shifts: readonly Shift[]): boolean {
  const [before, after] = [shifted(given, from, shifts), taken && shifted(taken, to, shifts)]
  const touched = before !== given.total || (taken !== undefined && after !== taken.total)
  return touched && (after === undefined || (taken?.preempt === true && after > before))
}

function shifted({ total, trackFiles }: Instance, host: HostName, shifts: readonly Shift[]): number {
  return shifts.reduce((sum, shift) => {
    const file = trackFiles.find(({ path }) => shift.host === host && path === shift.path)
    return file ? sum + (shift.status - file.status) * file.weight : sum
  }, total)
}

/** What a third host holds by the same track file might go to anybody. */
function shiftedElsewhere(
  { nodes }: VipReport,
  pair: readonly HostName[],
  shifts: readonly Shift[],
): string | undefined {
  const third = nodes.filter(({ host }) => !pair.includes(host))
  const held = third.flatMap((node) => {
    const paths = shifts.filter(({ host }) => host === node.host).map(({ path }) => path)
    const others = node.error ? [] : node.others
    return others
      .filter(({ state, trackFiles }) => state === 'MASTER' && trackFiles.some(({ path }) => paths.includes(path)))
      .map(({ name }) => `${node.host} holds ${name}, and the same track file would lower that as well`)
  })
  return held[0]
}
