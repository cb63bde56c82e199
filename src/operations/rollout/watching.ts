import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { appSettles } from '../../steps/app/settle.ts'
import { watchSeats } from '../../steps/haproxy/watch-seats.ts'
import { watchAnswers } from '../../steps/upstream/watch-answers.ts'
import { watchedTogether, type SeenSeat } from '../look-at-seats.ts'
import { tellsAnswers, type SeenUpstream } from '../upstreams/look.ts'
import { marked } from './alone.ts'
import type { Rolling } from './batch.ts'
import { namesOf, readyBehind, upstreamsOf, type Candidate } from './candidates.ts'
import { gatesFor } from './gates.ts'

/** How servers are watched. */
interface Watching {
  /** So many answers are needed; without it a few are only wished for. */
  readonly samples?: number
  /** Whom nginx sends to by then. Default: whom it sent to before. */
  readonly isServed?: (one: Candidate) => boolean
}

/**
 * They are watched while they serve: at HAProxy by its counters, behind nginx by its logs where it writes them, and by what they say
 * of themselves, for nginx checks nobody; and gates are asked. All of it side by side.
 */
export function watched(
  rolling: Rolling,
  some: readonly Candidate[],
  seats: readonly SeenSeat[],
  { samples, isServed = (one) => readyBehind([one]).length > 0 }: Watching = {},
): StageDraft {
  const { pool, spec, to, timeout } = rolling
  const { minHealthy: watch, maxErrors, maxSlower } = spec
  const judging = {
    watch,
    limits: { maxErrors, maxSlower, samples: samples ?? wished },
    ...(samples !== undefined && { patience: timeout }),
  }
  const isJudged = watch > 0 || samples !== undefined
  const counted = (isJudged ? watchedTogether(seats, spec.maxFailures > 0) : []).map(({ seats, beside }): StepDraft =>
    watchSeats.at(seats[0].host, { seats, ...judging, ...beside }),
  )
  const served = some.filter(isServed)
  const asked = (watch > 0 ? served : []).map(({ server, host, app }) =>
    appSettles.at(host, { pool: pool.name, server: server.name, app, version: to, settle: watch, serving: true }),
  )
  const logged = isJudged ? watchedInLogs(upstreamsOf(served), judging) : []
  const how = logged.length > 0 ? ', by nginx’s logs' : ''
  return stage(`watch ${namesOf(some)} serve for ${formatDuration(watch)}${how}`, [
    ...marked(rolling, some, 'goes back', counted),
    ...asked,
    ...logged,
    ...(seats.length > 0 || served.length > 0 ? gatesFor(rolling, some) : []),
  ])
}

/** Fewer answers than these tell nothing of a share. */
const wished = 20

/** Each pool by itself, by the logs of every nginx that writes how its servers answer. */
function watchedInLogs(
  upstreams: readonly SeenUpstream[],
  judging: { readonly watch: Millis } & Pick<Parameters<typeof watchAnswers.at>[1], 'limits' | 'patience'>,
): StepDraft[] {
  const pools = [...new Set(upstreams.map(({ pool }) => pool))]
  return pools.flatMap((pool): StepDraft[] => {
    const own = upstreams.filter((one) => one.pool === pool && tellsAnswers(one))
    const [first] = own
    if (!first) return []
    const judged = [...new Set(own.flatMap(({ seats }) => seats.map(({ server }) => server)))]
    const places = own.map(({ host, file, logs }) => ({ host, file: file.path, logs }))
    const servers = pool.servers.map(({ name, address, port }) => ({ name, address, port }))
    return [watchAnswers.at(first.host, { pool: pool.name, places, servers, judged, ...judging })]
  })
}
