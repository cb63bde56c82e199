import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import type { Pool } from '../../fleet/fleet.ts'
import { placesOf, poolNamed } from '../../fleet/selectors.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import { formatDuration } from '../../lib/durations.ts'
import { ZdtError } from '../../lib/errors.ts'
import { variantsServed, type Rules } from '../../lib/split-rules.ts'
import type { Millis } from '../../lib/types.ts'
import { watchSeats } from '../../steps/haproxy/watch-seats.ts'
import { watchAnswers } from '../../steps/upstream/watch-answers.ts'
import { lookAtSeats } from '../look-at-seats.ts'
import type { World } from '../operation.ts'
import { lookAtUpstreams, tellsAnswers } from '../upstreams/look.ts'
import { backendsOf } from './files.ts'

/** How `b` is judged. */
interface Watch {
  readonly watch: Millis
  /** How many answers it is judged by. */
  readonly samples: number
  /** How long more it may take until there are so many. */
  readonly timeout: Millis
}

/** The answers of `b` against those of `a`, by HAProxy's counters or nginx's logs. Throws, exit `usage`, where there is nothing to watch. */
export async function watchedFor(world: World, split: SplitSpec, rules: Rules, how: Watch): Promise<StageDraft> {
  const pool = poolNamed(world.fleet, split.b)
  if (!variantsServed(rules).includes('b')) throw nothingToWatch(split, 'nobody is sent to it')
  if (!variantsServed(rules).includes('a'))
    throw nothingToWatch(split, `nobody is sent to ${split.a}, so there is nothing to measure it against`)
  const { watch, samples, timeout } = how
  const { maxErrors = 0.01, maxSlower = 250 } = pool.rollout ?? {}
  const judging = { watch, limits: { maxErrors, maxSlower, samples }, patience: timeout }
  const step = pool.balancer.kind === 'nginx' ? inLogs(world, split, judging) : counted(world, split, judging)
  return stage(`watch ${split.b} for ${formatDuration(watch)}, and until it has answered ${samples} times`, [
    await step,
  ])
}

type Judging = Pick<Parameters<typeof watchSeats.at>[1], 'watch' | 'limits' | 'patience'>

async function counted({ fleet, hosts }: World, split: SplitSpec, judging: Judging): Promise<StepDraft> {
  const pool = poolNamed(fleet, split.b)
  const all = await lookAtSeats(
    hosts,
    pool.servers.flatMap(({ name }) => placesOf(fleet, `${pool.name}/${name}`).seats),
  )
  const [first, ...more] = all.filter(({ view }) => view.admin === 'ready').map(({ seat }) => seat)
  if (!first) throw nothingToWatch(split, 'none of its servers is ready')
  return watchSeats.at(first.host, { seats: [first, ...more], against: backendsOf(fleet, split).a, ...judging })
}

async function inLogs({ fleet, hosts }: World, split: SplitSpec, judging: Judging): Promise<StepDraft> {
  const [a, b] = [poolNamed(fleet, split.a), poolNamed(fleet, split.b)]
  const placesIn = (pool: Pool) => pool.servers.flatMap(({ name }) => placesOf(fleet, `${pool.name}/${name}`).upstreams)
  const upstreams = await lookAtUpstreams(fleet, hosts, placesIn(b))
  const [first] = upstreams
  if (!first) throw nothingToWatch(split, 'no nginx has it')
  const silent = upstreams.find((one) => !tellsAnswers(one))
  if (silent) throw nothingToWatch(split, `nginx on ${silent.host} logs no answers of it`)
  return watchAnswers.at(first.host, {
    pool: b.name,
    places: upstreams.map(({ host, file, logs }) => ({ host, file: file.path, logs })),
    // In both a server may have the same name.
    servers: [
      ...b.servers.map(({ name, address, port }) => ({ name, address, port })),
      ...a.servers.map(({ name, address, port }) => ({ name: `${a.name}/${name}`, address, port })),
    ],
    judged: b.servers.map(({ name }) => name),
    ...judging,
  })
}

function nothingToWatch({ b }: SplitSpec, why: string): ZdtError {
  return new ZdtError(`${b} cannot be watched: ${why}`, {
    code: 'nothing-to-watch',
    exit: 'usage',
    suggestions: ['the same without --watch'],
  })
}
