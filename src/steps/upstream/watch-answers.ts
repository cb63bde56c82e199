import { shareOf, type Answered } from '../../daemons/answered/share.ts'
import { judge, type Limits } from '../../daemons/answered/verdict.ts'
import { neverRead, readAnswers, type LoggedAnswers, type LogMark } from '../../daemons/nginx/upstream/answer-log.ts'
import { serverAt } from '../../daemons/nginx/upstream/servers-file.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { intervalUntil } from '../interval.ts'
import { refuseLost } from '../probe-lost.ts'
import { fileThing } from '../things.ts'

/** A server of the pool, by what nginx calls it in its logs. */
type Server = { readonly name: string; readonly address: string; readonly port: number }

type Input = {
  readonly pool: string
  /** Every nginx that sends to them, and where it writes how they answer. */
  readonly places: readonly { readonly host: HostName; readonly file: string; readonly logs: readonly string[] }[]
  readonly servers: readonly Server[]
  /** Those who are judged, by what the others answer meanwhile. */
  readonly judged: readonly string[]
  readonly watch: Millis
  readonly limits: Limits
  /** How long more it may take until there are answers enough to judge by. Without it too few are said to be too few, and pass. */
  readonly patience?: Millis
}

/** How far the logs of one nginx were read, what stood in them before, and what came since. */
interface Read {
  readonly marks: readonly LogMark[]
  readonly before: readonly Answered[]
  readonly came: readonly Answered[]
  /** Lines of another format that came since. */
  readonly odd: number
}

/** Of each nginx, since the watch began; of this process alone. */
const memory = new WeakMap<Input, Map<HostName, Read>>()

/**
 * Watches servers behind nginx that have just begun to serve: they answer no worse and no slower than the others do meanwhile, by
 * the access logs of every nginx together, and the probe loses nothing. Whether they are there at all, others ask.
 */
export const watchAnswers = defineWait<Input>({
  kind: 'upstream.watch-answers',
  describe: ({ pool, judged, watch, places }) => ({
    title: `watch nginx’s log of ${judged.map((name) => `${pool}/${name}`).join(', ')} on ${places.map(({ host }) => host).join(', ')} for ${formatDuration(watch)}`,
    commands: places.map(({ host, logs }) => `tail -f ${logs.join(' ')}   # on ${host}`),
  }),
  look: (input, on, waited) =>
    lookAgain(on, async (on) => {
      const { watch, judged, limits, patience } = input
      const reads = memory.get(input) ?? new Map<HostName, Read>()
      memory.set(input, reads)
      refuseLost(on)
      await Promise.all(input.places.map((place) => readOn(place, input.servers, on, reads)))
      const all = [...reads.values()]
      const came = summed(all.flatMap((read) => read.came))
      const { says, text } = judge(came, summed(all.flatMap(({ before }) => before)), judged, limits)
      if (says === 'fail') throw new NoUseWaiting(text, { host: on.host.name })
      const odd = all.reduce((sum, read) => sum + read.odd, 0)
      const misfit = odd > 0 && came.length === 0 ? `; ${odd} lines are not of the format answers` : ''
      const few = says === 'few' && `too few answers to judge: ${text}${misfit}`
      const waits = notYet(
        waited < watch && `for ${formatDuration(waited)} of ${formatDuration(watch)} now: ${text}`,
        waited >= watch && patience !== undefined && few,
      )
      return { ...waits, came: few === false ? text : few }
    }),
  timeout: ({ watch, patience = 30_000 }) => watch + patience,
  interval: ({ watch }, waited) => intervalUntil(watch, waited, 1000),
  protects: ({ places }) => places.map(({ host, file }) => fileThing(host, file)),
})

/** Reads on where it was read to; each look of each nginx for itself, so that one that cannot be asked costs none its place. */
async function readOn(
  { host, logs }: Input['places'][number],
  servers: readonly Server[],
  on: On,
  reads: Map<HostName, Read>,
): Promise<void> {
  const known = reads.get(host)
  const { marks, logged, odd } = await readAnswers(await on.other(host), known?.marks ?? logs.map(neverRead), on.signal)
  const answered = logged.flatMap((one) => named(one, servers))
  reads.set(
    host,
    known
      ? { ...known, marks, came: summed([...known.came, ...answered]), odd: known.odd + odd }
      : { marks, before: answered, came: [], odd: 0 },
  )
}

/** Under the server's name; others' servers are of no interest here. */
function named(one: LoggedAnswers, servers: readonly Server[]): Answered[] {
  const server = serverAt(servers, one)
  const took = one.timed === 0 ? null : one.tookInAll / one.timed
  return server ? [{ server: server.name, answers: one.answers, errors: one.errors, took }] : []
}

/** Each server once. */
function summed(all: readonly Answered[]): Answered[] {
  const names = [...new Set(all.map(({ server }) => server))]
  return names.map((server) => {
    const { answers, errors, took } = shareOf(all.filter((one) => one.server === server))
    return { server, answers, errors, took }
  })
}
