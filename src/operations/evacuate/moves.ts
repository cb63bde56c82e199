import { sameAddress } from '../../daemons/linux/ip.ts'
import { stage, type StageDraft } from '../../engine/plan.ts'
import { vipsOf } from '../../fleet/selectors.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { holdOffKeepalived } from '../../steps/keepalived/hold-off.ts'
import { runKeepalived } from '../../steps/keepalived/run-daemon.ts'
import { setPriority } from '../../steps/keepalived/set-priority.ts'
import { awaitFit, type Homeward } from '../../steps/vip/await-fit.ts'
import { lookAtVip } from '../../steps/vip/look-at-vip.ts'
import { keepalivedThing } from '../../steps/things.ts'
import { UnfitToTake } from '../../steps/vip/fit-to-take.ts'
import { instancesOf } from '../../steps/vip/troubles.ts'
import type { Move } from '../../steps/vip/unfit.ts'
import type { VipQuestion, VipReport } from '../../steps/vip/vip-report.ts'
import { arrived, moved, NoWayToMove, planMove, turning } from '../plan-move.ts'
import { planHandOff } from '../hand-off.ts'
import type { World } from '../operation.ts'
import { questionOf } from '../vips.ts'
import { waysBack } from './ways-back.ts'

/** How VIPs are moved, and how long a wait for a host that is fit again may take. */
export interface HowToMove {
  readonly handOff: boolean
  readonly maxHandOff: Millis
  readonly timeout: Millis
}

/** The VIPs of a host, away and home again. */
export interface VipMoves {
  readonly away: readonly StageDraft[]
  readonly home: readonly StageDraft[]
  /** What must be so again before one may come home. */
  readonly returns: readonly Homeward[]
  /** Units that are kept from starting meanwhile. */
  readonly heldOff: readonly string[]
  readonly facts: readonly string[]
  /** The addresses that it holds, and those that it is BACKUP for. */
  readonly held: readonly string[]
  readonly backup: readonly string[]
}

/** Looks at every VIP that a host may hold, and plans its way. Throws UnfitToTake, NoWayToMove. */
export async function planVips(world: World, host: HostName, how: HowToMove): Promise<VipMoves> {
  const specs = vipsOf(world.fleet, host)
  const all: Awaited<ReturnType<typeof awayAndHome>>[] = []
  const backup: { address: string; holder: string }[] = []
  for (const spec of specs) {
    const vip = questionOf(world.fleet, spec)
    const report = await lookAtVip(world.hosts, vip)
    if (report.state !== 'held') throw new UnfitToTake(vip, host, report.troubles)
    const [holder = host] = report.holders
    if (holder !== host) backup.push({ address: vip.address, holder })
    // One that goes along with another is moved already.
    else if (!all.some(({ move }) => move.addresses.some((one) => sameAddress(one, vip.address))))
      all.push(await awayAndHome(world, report, { vip, host, how }))
  }
  return {
    away: all.flatMap(({ stages }) => stages),
    home: all.toReversed().flatMap(({ home }) => home),
    returns: all.map(({ homeward }) => homeward),
    heldOff: all.flatMap(({ heldOff }) => heldOff),
    facts: [
      ...all.flatMap(({ facts }) => facts),
      ...backup.map(({ address, holder }) => `${host} is BACKUP for ${address}, which ${holder} holds and keeps`),
    ],
    held: all.flatMap(({ move }) => move.addresses),
    backup: backup.map(({ address }) => address),
  }
}

async function awayAndHome(
  world: World,
  report: VipReport,
  { vip, host, how }: { readonly vip: VipQuestion; readonly host: HostName; readonly how: HowToMove },
) {
  const nodes = instancesOf(report)
  const others = nodes.filter((node) => node.host !== host)
  const [best] = others.toSorted((a, b) => b.instance.total - a.instance.total)
  if (!best) throw new NoWayToMove(vip.name, 'no other node tells of it')
  const planned = await planMove(world, report, { vip, from: host, to: best.host, ...how })
  const { move, way, moving } = planned
  const back = waysBack(nodes, move, way)
  if ('none' in back) throw new NoWayToMove(vip.name, `it would not come back: ${back.none}`)
  const homeward = turned(move)
  const { address, unit } = vip
  const handOff = how.handOff
    ? await planHandOff(world.hosts, report, {
        from: homeward.from,
        to: homeward.to,
        moving: moving.map(({ address, giving, taking }) => ({ address, giving: taking, taking: giving })),
        longest: how.maxHandOff,
        sockets: homeward.sockets,
        turning: 'start' in back ? [keepalivedThing(host, unit)] : turning(back.way, homeward, unit),
      })
    : { impossible: 'it is not wanted' }
  const handedOff = 'impossible' in handOff ? { before: [], after: [] } : handOff
  const unheard = 'start' in back
  const fit = stage(`wait until ${host} is fit to take ${move.addresses.join(', ')}`, [
    awaitFit.at(host, { vip, move: homeward, unheard, timeout: how.timeout }),
  ])
  const heldOff = (wanted: 'held off' | 'free') => holdOffKeepalived.at(host, { unit, wanted })
  const [away, home] = unheard
    ? [
        [stage(`keep Keepalived from starting on ${host}`, [heldOff('held off')])],
        [
          stage(`let Keepalived start on ${host} again`, [heldOff('free')]),
          ...handedOff.before,
          stage(`move ${move.addresses.join(', ')} to ${host}: start Keepalived there`, [
            runKeepalived.at(host, {
              unit,
              wanted: 'running',
              takes: { host, from: homeward.from, addresses: move.addresses },
            }),
          ]),
          arrived(vip, homeward, back.takes),
        ],
      ]
    : [
        [],
        [
          stage(
            'priorities as they were',
            back.first.map(({ host: on, ...shift }) => setPriority.at(on, { address, unit, ...shift })),
          ),
          ...handedOff.before,
          ...moved(back.way, vip, homeward, handOff),
        ],
      ]
  const takes = unheard ? back.takes : back.way.takes
  return {
    ...planned,
    stages: [...planned.stages, ...away],
    home: [fit, ...home, ...handedOff.after],
    homeward: { vip, move: homeward, unheard },
    facts: [...planned.facts, `it comes home the same way, after ${formatDuration(takes)}`],
    heldOff: unheard ? [unit] : [],
  }
}

function turned({ from, to, ...rest }: Move): Move {
  return { ...rest, from: to, to: from }
}
