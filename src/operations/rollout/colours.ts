import { ZdtError } from '../../lib/errors.ts'
import type { Rolling } from './batch.ts'
import { isSentTo, namesOf, type Candidate } from './candidates.ts'

/** One colour of a pool. */
export interface Colour {
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

function serves({ servers }: Colour): boolean {
  return placesOf(servers).every((one) => one)
}

function rests({ servers }: Colour): boolean {
  return placesOf(servers).every((one) => !one)
}

/** Of each place of some servers whether they are sent to there. */
function placesOf(servers: readonly Candidate[]): boolean[] {
  return servers.flatMap(({ seats, upstreams }) => [
    ...seats.map(({ view }) => view.admin === 'ready'),
    ...upstreams.map(isSentTo),
  ])
}

function howMany(servers: readonly Candidate[]): string {
  const places = placesOf(servers)
  const ready = places.filter(Boolean).length
  return ready === 0 ? 'rests' : ready === places.length ? 'serves' : `serves at ${ready} of ${places.length} places`
}
