import type { PassOn } from '../daemons/linux/pass-on-table.ts'
import { isIPv6 } from '../daemons/linux/ip.ts'
import { clearingUp, stage, type StageDraft, type StepDraft } from '../engine/plan.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { stopTelling } from '../steps/haproxy/stop-telling.ts'
import { answersAlike } from '../steps/vip/answers.ts'
import { segmentCarries } from '../steps/vip/carries.ts'
import { grace, handedOff } from '../steps/vip/handed-off.ts'
import { keepOpen } from '../steps/vip/keep-open.ts'
import { passOn } from '../steps/vip/pass-on.ts'
import type { VipReport } from '../steps/vip/vip-report.ts'
import { notCarried, refusedTable, sideOf, type Side } from './hand-off-sides.ts'
import type { Moving } from './what-moves.ts'

/** A hand-off that can be made: the stages around the move; or why it cannot. */
export type HandOff =
  | {
      readonly before: readonly StageDraft[]
      readonly after: readonly StageDraft[]
      /** Do its HAProxies tell their clients to go? Not where none runs there. */
      readonly told: 'yes' | 'cannot' | 'none'
      /** By their runtime sockets. */
      readonly telling: readonly string[]
      /** When the hosts clean up by themselves, from its beginning. */
      readonly ends: Millis
    }
  | { readonly impossible: string }

/** Between whom, of which addresses, and how long at the longest. */
interface Wanted {
  readonly from: HostName
  readonly to: HostName
  readonly moving: readonly Moving[]
  readonly longest: Millis
  /** Of the HAProxies on both. */
  readonly sockets: readonly string[]
  /** What makes the VIP move (`about` of those steps). */
  readonly turning: readonly string[]
}

/** An address with the two sides between which it moves. */
interface Pair {
  readonly address: string
  readonly old: Side
  readonly fresh: Side
}

/** Looks whether the connections of VIPs can be handed off, by trying: nftables with its table, the segment with a packet. */
export async function planHandOff(
  hosts: Hosts,
  report: VipReport,
  { from, to, moving, longest, sockets, turning }: Wanted,
): Promise<HandOff> {
  const ends = longest + grace
  const [giver, taker] = await Promise.all([hosts.on(from), hosts.on(to)])
  const pairs: Pair[] = []
  for (const { address, giving, taking } of moving) {
    const [old, fresh] = await Promise.all([
      sideOf(giver, report, giving, sockets),
      sideOf(taker, report, taking, sockets),
    ])
    if (typeof old === 'string') return { impossible: old }
    if (typeof fresh === 'string') return { impossible: fresh }
    pairs.push({ address, old, fresh })
  }
  const seconds = Math.ceil(ends / 1000)
  const why = await firstOf([
    ...pairs.flatMap(({ address, old, fresh }) => [
      () => refusedTable(giver, tableOf(address, old, fresh, seconds)),
      () => refusedTable(taker, tableOf(address, fresh, old, seconds)),
    ]),
    ...segmentsOf(pairs).flatMap(({ address, old, fresh }) => [
      () => notCarried(address, { host: taker, place: fresh }, { host: giver, place: old }),
      () => notCarried(address, { host: giver, place: old }, { host: taker, place: fresh }),
    ]),
  ])
  if (why !== undefined) return { impossible: why }
  const telling = [...new Set(pairs.flatMap(({ old }) => old.telling))]
  const told = sockets.length === 0 ? 'none' : telling.length > 0 ? 'yes' : 'cannot'
  return { ...stagesOf(pairs, { seconds, longest, turning }), told, telling, ends }
}

/** One address for each segment and family: what carries its packets carries those of the others. */
function segmentsOf(pairs: readonly Pair[]): Pair[] {
  const key = ({ address, old, fresh }: Pair) => `${old.device} ${fresh.device} ${isIPv6(address)}`
  return [...new Map(pairs.map((pair) => [key(pair), pair])).values()]
}

/** Both ways, so that a move which is put back loses nothing either. */
function eachWay(pairs: readonly Pair[], step: (address: string, one: Side, other: Side) => StepDraft): StepDraft[] {
  return pairs.flatMap(({ address, old, fresh }) => [step(address, fresh, old), step(address, old, fresh)])
}

function stagesOf(
  pairs: readonly Pair[],
  { seconds, longest, turning }: { readonly seconds: number } & Pick<Wanted, 'longest' | 'turning'>,
): { before: StageDraft[]; after: StageDraft[] } {
  const addresses = pairs.map(({ address }) => address)
  const [from, to, telling = []] = [pairs[0]?.old.host, pairs[0]?.fresh.host, pairs[0]?.old.telling]
  if (from === undefined || to === undefined) return { before: [], after: [] }
  const isFor = (wanted: 'on' | 'off') => (wanted === 'on' ? { before: turning } : {})
  const passing = (wanted: 'on' | 'off') =>
    eachWay(pairs, (address, one, other) =>
      passOn.at(one.host, { ...tableOf(address, one, other, seconds), to: other.host, wanted, ...isFor(wanted) }),
    )
  const keeping = (wanted: 'on' | 'off') =>
    eachWay(pairs, (address, { host, device, arpIgnore, arpAnnounce, telling }) =>
      keepOpen.at(host, {
        address,
        device,
        seconds,
        arpIgnore,
        arpAnnounce,
        wanted,
        home: from,
        telling,
        ...isFor(wanted),
      }),
    )
  return {
    before: [
      stage(
        'the segment carries what is handed off',
        eachWay(segmentsOf(pairs), (address, one, { host, device, mac }) =>
          segmentCarries.at(one.host, { address, from: one, to: { host, device, mac } }),
        ),
      ),
      stage('hand-off: each passes on what it does not know', passing('on')),
      stage('hand-off: connections stay open where they are', keeping('on')),
      stage(`${to} answers as ${from} does`, [answersAlike.at(to, { addresses, from, before: turning })]),
    ],
    after: [
      stage(
        `wait until ${from} has no connection left`,
        addresses.map((address) => handedOff.at(from, { address, to, timeout: longest, telling })),
      ),
      clearingUp(
        `${from} tells clients to go no more`,
        telling.map((socket) => stopTelling.at(from, { socket })),
      ),
      clearingUp('end of the hand-off: nothing is passed on', passing('off')),
      clearingUp(
        `end of the hand-off: ${addresses.join(', ')} ${addresses.length > 1 ? 'leave' : 'leaves'} lo`,
        keeping('off'),
      ),
    ],
  }
}

function tableOf(address: string, { device, mac }: Side, { mac: peer }: Side, seconds: number): PassOn {
  return { address, device, mac, peer, seconds }
}

async function firstOf(questions: readonly (() => Promise<string | undefined>)[]): Promise<string | undefined> {
  for (const question of questions) {
    const answer = await question()
    if (answer !== undefined) return answer
  }
  return undefined
}
