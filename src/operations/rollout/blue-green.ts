import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import { ZdtError } from '../../lib/errors.ts'
import { formatDuration } from '../../lib/durations.ts'
import { shareText } from '../../lib/shares.ts'
import { stopApp } from '../../steps/app/stop.ts'
import { setServerState } from '../../steps/haproxy/set-state.ts'
import type { Judged } from '../capacity.ts'
import type { SeenSeat } from '../look-at-seats.ts'
import { agentsHeard, agentsHeldOff, intoRotation, outOfRotation, untilDrained } from '../rotation.ts'
import { atOnce, notSlow, warming } from '../slow-start.ts'
import { deployed, slowStartOf, watched, type Rolling } from './batch.ts'
import { namesOf, type Candidate } from './candidates.ts'
import { asBefore, fieldsOf, weigh } from './shares.ts'

/** One colour of a pool. */
interface Colour {
  readonly name: string
  readonly servers: readonly Candidate[]
}

/** The colour that serves, and the one that rests. */
export interface Colours {
  readonly live: Colour
  readonly idle: Colour
}

/**
 * Which colour serves, by what the load balancers say. Throws, exit `usage`, where zdt.yaml names no two colours of the pool's own
 * servers; exit `refused`, where not one of them serves everywhere and the other nowhere.
 */
export function coloursOf({ pool, spec }: Rolling, all: readonly Candidate[]): Colours {
  const named = [...spec.blueGreen.colours].map(([name, servers]) => ({
    name,
    servers: all.filter(({ server }) => servers.includes(server.name)),
  }))
  const [one, other] = named
  const known = new Set(named.flatMap(({ servers }) => servers))
  const wanted = [...spec.blueGreen.colours.values()].flat().length
  if (!one || !other || named.length !== 2 || known.size !== all.length || wanted !== all.length) {
    throw new ZdtError(`the two colours of ${pool.name} must have each of its servers once: ${namesOf(all)}`, {
      code: 'no-colours',
      exit: 'usage',
      suggestions: [
        `under pools.${pool.name}.rollout write: blue_green: { colours: { blue: [${all[0]?.server.name ?? ''}], green: […] } }`,
      ],
    })
  }
  if (serves(one) && rests(other)) return { live: one, idle: other }
  if (serves(other) && rests(one)) return { live: other, idle: one }
  const said = named.map(({ name, servers }) => `${name} ${howMany(servers)}`).join(', ')
  throw new ZdtError(`one colour of ${pool.name} must serve at every load balancer, and the other at none: ${said}`, {
    code: 'no-idle-colour',
    exit: 'refused',
    suggestions: other.servers.map(({ server }) => `zdt maint ${pool.name}/${server.name}`),
  })
}

/**
 * The colour that rests gets the version; then it serves, with a part of the traffic at first where there are shares, and only then
 * the other one goes, in one step and without a wait. That one stays as it is for a while, to come back at once; it rests when
 * nobody is connected to it any more, and is stopped where there is a command for it. `judged`: that enough stay when it goes.
 */
export function switchColours(rolling: Rolling, { live, idle }: Colours, judged: Judged): StageDraft[] {
  const { fleet, spec, timeout } = rolling
  const { keepOld, stop, shares } = spec.blueGreen
  const [before, after] = [seatsOf(live), seatsOf(idle)]
  const share = byShares(rolling, { live, idle })
  return [
    ...deployed(rolling, idle.servers, { capacity: [], guards: [] }),
    ...share.before,
    ...intoRotation(
      fleet,
      after,
      timeout,
      ({ view }) => view.agent?.enabled === false,
      shares.length > 0 ? atOnce : warming(after, slowStartOf(spec)),
    ),
    ...share.rising,
    ...outOfRotation(before, 'drain', judged),
    ...share.over,
    watched(rolling, idle.servers, after),
    ...(keepOld === 0
      ? []
      : [
          {
            ...watched({ ...rolling, spec: { ...spec, minHealthy: keepOld } }, idle.servers, after),
            title: `keep ${live.name} for ${formatDuration(keepOld)}, and watch ${idle.name}`,
          },
        ]),
    untilDrained(before, timeout),
    stage(
      `${live.name} rests`,
      before.map(({ seat }) => setServerState.at(seat.host, { seat, state: 'maint' })),
    ),
    stage(`stop ${live.name}`, stop ? live.servers.map((one) => stopped(rolling, one, stop)) : []),
  ]
}

/** Stages around the ones that make the colour ready and take the other out. */
interface Shared {
  readonly before: readonly StageDraft[]
  readonly rising: readonly StageDraft[]
  readonly over: readonly StageDraft[]
}

/** The colour that comes gets the shares one after the other, and is watched at each; agents, which would set weights, are held off. */
function byShares(rolling: Rolling, { live, idle }: Colours): Shared {
  const { shares } = rolling.spec.blueGreen
  if (shares.length === 0) return { before: [], rising: [], over: [] }
  const [before, after] = [seatsOf(live), seatsOf(idle)]
  const fields = fieldsOf(rolling, shares, after, before)
  const agents = [...before, ...after].filter(({ view }) => view.agent?.enabled === true).map(({ seat }) => seat)
  const given = (index: number) =>
    stage(`${idle.name}: ${shareText(shares[index] ?? 0)} of ${rolling.pool.name}`, weigh(fields, index))
  // Each a watch of its own: what it counts begins where it begins.
  const watch = () => watched(rolling, idle.servers, after)
  return {
    before: [agentsHeldOff(agents), given(0)],
    rising: [watch(), ...shares.slice(1).flatMap((_share, index) => [given(index + 1), watch()])],
    over: [stage('all weights as before', asBefore(fields)), agentsHeard(agents)],
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

function serves(colour: Colour): boolean {
  return seatsOf(colour).every(({ view }) => view.admin === 'ready')
}

function rests(colour: Colour): boolean {
  return seatsOf(colour).every(({ view }) => view.admin !== 'ready')
}

function howMany(servers: readonly Candidate[]): string {
  const seats = servers.flatMap(({ seats }) => seats)
  const ready = seats.filter(({ view }) => view.admin === 'ready').length
  return ready === 0 ? 'rests' : ready === seats.length ? 'serves' : `serves at ${ready} of ${seats.length} places`
}
