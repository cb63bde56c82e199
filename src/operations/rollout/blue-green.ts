import { stage, type StageDraft } from '../../engine/plan.ts'
import { ZdtError } from '../../lib/errors.ts'
import { formatDuration } from '../../lib/durations.ts'
import { setServerState } from '../../steps/haproxy/set-state.ts'
import type { Judged } from '../capacity.ts'
import type { SeenSeat } from '../look-at-seats.ts'
import { intoRotation, outOfRotation, untilDrained } from '../rotation.ts'
import { notSlow, warming } from '../slow-start.ts'
import { deployed, slowStartOf, watched, type Rolling } from './batch.ts'
import { namesOf, type Candidate } from './candidates.ts'

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
 * The colour that rests gets the version; then it serves, and only then the other one goes, in one step and without a wait. That one
 * stays as it is for a while, to come back at once; and rests when nobody is connected to it any more. `judged`: that enough
 * stay when it goes.
 */
export function switchColours(rolling: Rolling, { live, idle }: Colours, judged: Judged): StageDraft[] {
  const { fleet, spec, timeout } = rolling
  const { keepOld } = spec.blueGreen
  const [before, after] = [seatsOf(live), seatsOf(idle)]
  return [
    ...deployed(rolling, idle.servers, { capacity: [], guards: [] }),
    ...intoRotation(
      fleet,
      after,
      timeout,
      ({ view }) => view.agent?.enabled === false,
      warming(after, slowStartOf(spec)),
    ),
    ...outOfRotation(before, 'drain', judged),
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
  ]
}

/** What the plan says of the colours. */
export function coloursInWords({ pool, spec, to }: Rolling, { live, idle }: Colours): string[] {
  return [
    ...notSlow(seatsOf(idle), slowStartOf(spec)),
    `${live.name} (${namesOf(live.servers)}) serves ${pool.name}; ${idle.name} (${namesOf(idle.servers)}) gets ${to} and takes its place`,
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
