import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import { formatDuration } from '../../lib/durations.ts'
import { shareText } from '../../lib/shares.ts'
import { stopApp } from '../../steps/app/stop.ts'
import { setServerState } from '../../steps/haproxy/set-state.ts'
import type { Judged } from '../capacity.ts'
import type { SeenSeat } from '../look-at-seats.ts'
import { agentsHeard, agentsHeldOff, intoRotation, outOfRotation } from '../rotation.ts'
import { atOnce, notSlow, warming } from '../slow-start.ts'
import { untilNobody, untilAnswered } from '../places.ts'
import type { Onwards, UpstreamChange } from '../upstreams/change.ts'
import { broughtBack, takenDown } from '../upstreams/taken-down.ts'
import { deployed, servingBeside, slowStartOf, type Rolling } from './batch.ts'
import { isBehind, namesOf, upstreamsOf, type Candidate } from './candidates.ts'
import type { Colour, Colours } from './colours.ts'
import { sharesBehind, type SharesBehind } from './shares-behind.ts'
import { asBefore, fieldsOf, weigh, weighty } from './shares.ts'
import { watched } from './watching.ts'

/**
 * The colour that rests gets the version; then it serves, with a part of the traffic at first where there are shares, and only then
 * the other one goes, in one step and without a wait. That one stays as it is for a while, to come back at once; it rests when
 * nobody is connected to it any more, and is stopped where there is a command for it. `judged`: that enough stay when it goes.
 */
export function switchColours(
  rolling: Rolling,
  { live, idle }: Colours,
  judged: Judged,
  nginx?: ColoursBehind,
): StageDraft[] {
  const { fleet, spec, timeout } = rolling
  const { keepOld, stop, shares } = spec.blueGreen
  const [before, after] = [seatsOf(live), seatsOf(idle)]
  const share = byShares(rolling, { live, idle }, nginx?.shares)
  const watch = (over: Rolling = rolling) => watched(over, idle.servers, after, { isServed: isBehind })
  return [
    ...deployed(rolling, idle.servers, { capacity: [], guards: [] }, { beside: servingBeside(live.servers, []) }),
    ...share.before,
    ...intoRotation(fleet, after, timeout, ({ view }) => view.agent?.enabled === false, {
      warm: shares.length > 0 ? atOnce : warming(after, slowStartOf(spec)),
    }),
    ...(nginx ? [untilAnswered(upstreamsOf(idle.servers), timeout), ...nginx.up.stages] : []),
    ...share.rising,
    ...outOfRotation(before, 'drain', judged),
    ...(nginx?.down.stages ?? []),
    ...share.over,
    watch(),
    ...(keepOld === 0
      ? []
      : [
          {
            ...watch({ ...rolling, spec: { ...spec, minHealthy: keepOld } }),
            title: `keep ${live.name} for ${formatDuration(keepOld)}, and watch ${idle.name}`,
          },
        ]),
    untilNobody({ seen: before, upstreams: upstreamsOf(live.servers) }, timeout),
    stage(
      `${live.name} rests`,
      before.map(({ seat }) => setServerState.at(seat.host, { seat, state: 'maint' })),
    ),
    stage(`stop ${live.name}`, stop ? live.servers.map((one) => stopped(rolling, one, stop)) : []),
  ]
}

/** What nginx is told. */
export interface ColoursBehind {
  /** The colour that comes, whole or with the first of its shares. */
  readonly up: UpstreamChange
  readonly shares?: SharesBehind
  /** The other one. */
  readonly down: UpstreamChange
}

/** The files of nginx for two colours, in the order of the run: what one says afterwards is what the next begins with. */
export async function coloursBehind(
  rolling: Rolling,
  { live, idle }: Colours,
  { guards }: Judged,
  onwards: Onwards,
): Promise<ColoursBehind> {
  const { shares } = rolling.spec.blueGreen
  const [before, after] = [upstreamsOf(live.servers), upstreamsOf(idle.servers)]
  if (shares.length === 0) {
    return { up: await broughtBack(onwards, after), down: await takenDown(onwards, before, guards) }
  }
  let down: UpstreamChange | undefined
  const shared = await sharesBehind(rolling, onwards, shares, after, before, async () => {
    down = await takenDown(onwards, before, guards)
  })
  if (!down) throw new TypeError('the other colour was not taken out')
  return { up: shared.first, shares: shared, down }
}

/** Stages around the ones that make the colour ready and take the other out. */
interface Shared {
  readonly before: readonly StageDraft[]
  readonly rising: readonly StageDraft[]
  readonly over: readonly StageDraft[]
}

/** The colour that comes gets the shares one after the other, and is watched at each; agents, which would set weights, are held off. */
function byShares(rolling: Rolling, { live, idle }: Colours, nginx?: SharesBehind): Shared {
  const { shares } = rolling.spec.blueGreen
  if (shares.length === 0) return { before: [], rising: [], over: [] }
  const [before, after] = [seatsOf(live), seatsOf(idle)]
  const fields = fieldsOf(rolling, shares, after.map(weighty), before)
  const agents = [...before, ...after].filter(({ view }) => view.agent?.enabled === true).map(({ seat }) => seat)
  const given = (index: number) =>
    stage(`${idle.name}: ${shareText(shares[index] ?? 0)} of ${rolling.pool.name}`, weigh(fields, index))
  // Each a watch of its own: what it counts begins where it begins.
  const watch = () => watched(rolling, idle.servers, after, { isServed: isBehind })
  return {
    before: [agentsHeldOff(agents), given(0)],
    rising: [
      watch(),
      ...shares.slice(1).flatMap((_share, index) => [given(index + 1), ...(nginx?.more[index]?.stages ?? []), watch()]),
    ],
    over: [stage('all weights as before', asBefore(fields)), ...(nginx?.last.stages ?? []), agentsHeard(agents)],
  }
}

function stopped({ pool, spec }: Rolling, { server, host, app }: Candidate, stop: readonly string[]): StepDraft {
  return stopApp.at(host, {
    pool: pool.name,
    server: server.name,
    app,
    stop,
    back: spec.back ?? spec.deploy,
    timeout: spec.timeout,
  })
}

/** What the plan says of the colours. */
export function coloursInWords({ pool, spec, to }: Rolling, { live, idle }: Colours): string[] {
  const { shares, stop } = spec.blueGreen
  return [
    ...(shares.length > 0 ? [] : notSlow(seatsOf(idle), slowStartOf(spec))),
    `${live.name} (${namesOf(live.servers)}) serves ${pool.name}; ${idle.name} (${namesOf(idle.servers)}) gets ${to} and takes its place`,
    ...(stop ? [`in the end ${live.name} is stopped: then its way back is a deployment`] : []),
  ]
}

function seatsOf({ servers }: Colour): SeenSeat[] {
  return servers.flatMap(({ seats }) => seats)
}
