import type { StageDraft } from '../../engine/plan.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { inBatches, type BatchSize } from '../../lib/batches.ts'
import type { HostName } from '../../lib/types.ts'
import { candidatesInWords, type Source } from '../candidate.ts'
import { judgeCapacity, tightest, type Judged } from '../capacity.ts'
import type { Draft } from '../draft.ts'
import { askedOfWhatLies } from '../before-reading/what-lies.ts'
import type { World } from '../operation.ts'
import { intoRotation, outOfRotation, untilDrained } from '../rotation.ts'
import { seatRow } from '../seat-row.ts'
import { namesOf } from '../upgrade-words.ts'
import { lookAtNginx, type Found } from './look.ts'
import { filesMended, mendedLater, processesMended } from './mends.ts'
import { ended, kept, swapped, tested, type Phases } from './phases.ts'
import type { Work } from './put.ts'

export interface NginxWanted extends Phases {
  readonly source: Source
  /** How many hosts at once. */
  readonly batch: readonly BatchSize[]
  readonly allowEmpty: boolean
  /** Also where the host holds a VIP. */
  readonly inPlace: boolean
  /** Mend first what stands in the way and can be mended. */
  readonly repair: boolean
  /** What to type where too few servers would be left. */
  readonly anyway: string
}

/**
 * What an upgrade of nginx on these hosts comes to: tested on all; then, batch by batch, out of rotation, replaced, USR2, WINCH,
 * held, QUIT, back into rotation after a fresh check. Throws UnfitForUpgrade, TooFewLeft, and what fleet and hosts throw.
 */
export async function draftNginx(world: World, names: readonly HostName[], wanted: NginxWanted): Promise<Draft<Work>> {
  const { fleet, id } = world
  const works: Work[] = await Promise.all(
    names.map(async (name) => {
      const found = await lookAtNginx(world, name, { ...wanted, others: names.filter((other) => other !== name) })
      const lying = found.isThere ? { asks: [], facts: [] } : await lyingOn(world, found, wanted)
      return { ...found, id, asks: lying.asks, facts: [...found.facts, ...lying.facts] }
    }),
  )
  const todo = works.filter(({ isThere }) => !isThere)
  // One that has it already may have to be mended all the same.
  const touched = works.filter((work) => !work.isThere || mendedLater(work).length > 0)
  const batches = await Promise.all(
    inBatches(touched, wanted.batch).map(async (some) => ({ some, judged: await judge(fleet, some, wanted) })),
  )
  return {
    works,
    todo,
    seats: works.flatMap(({ seen }) => seen.map(({ seat, view, old }) => seatRow(seat.host, view, old))),
    capacity: tightest(batches.flatMap(({ judged }) => judged.capacity)),
    facts: [...works.flatMap(({ facts }) => facts), ...candidatesInWords('nginx', works, todo)],
    tested: [...filesMended(works), ...(todo.length > 0 ? tested(todo, wanted) : [])],
    carriedOut: batches.flatMap(({ some, judged }) => upgraded(fleet, some, judged, wanted)),
  }
}

/** What somebody has taken out stays out: only what serves now is drained and brought back. */
function upgraded(fleet: Fleet, some: readonly Work[], judged: Judged, wanted: NginxWanted): StageDraft[] {
  const seen = some.flatMap((work) => work.seen)
  const ready = seen.filter(({ view }) => view.admin === 'ready')
  const checked = seen.filter(({ view }) => view.admin !== 'maint').map(({ seat }) => seat)
  const todo = some.filter(({ isThere }) => !isThere)
  return [
    ...outOfRotation(ready, 'drain', judged),
    untilDrained(seen, wanted.timeout),
    ...processesMended(some, wanted.timeout),
    ...swapped(todo, checked, wanted),
    ...(wanted.keepOld === 0 ? ended(todo, wanted) : []),
    ...intoRotation(fleet, ready, wanted.timeout, ({ view }) => view.agent?.enabled === true),
    ...(wanted.keepOld === 0 ? [] : [...kept(todo, wanted), ...ended(todo, wanted)]),
  ]
}

/** Of each batch by what serves now, as all who were taken out before it are back by then. */
function judge(fleet: Fleet, some: readonly Work[], { anyway, allowEmpty }: NginxWanted): Promise<Judged> {
  return judgeCapacity(
    fleet,
    some.flatMap(({ seen }) => seen),
    {
      doing: `draining ${namesOf(some)}`,
      anyway: some.length > 1 ? 'the same with --allow-empty, or smaller batches' : anyway,
      allowEmpty,
    },
  )
}

/** The new one reads what lies there. Throws where a pool behind it would have too few servers by that. */
async function lyingOn(world: World, { name, unit }: Found, { allowEmpty, anyway }: NginxWanted) {
  const group = [...world.fleet.nginx.values()].find((one) => one.unit === unit && one.hosts.includes(name))
  if (!group) return { asks: [], facts: [] }
  const configuration = { host: name, daemon: 'nginx' as const, groups: [group] as const }
  const { asked, facts } = await askedOfWhatLies(world, configuration, { anyway, allowEmpty })
  return { asks: asked.map(({ guard }) => guard), facts }
}
