import { NoUseWaiting, type Awaited, type On } from '../../engine/step-kind.ts'
import { acceptingWorkers } from '../../daemons/nginx/phase.ts'
import { readNginxLog } from '../../daemons/nginx/log.ts'
import type { NginxMaster } from '../../daemons/nginx/picture.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { refuseWorseAnswers, type Watched } from '../haproxy/answers-watched.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { refuseLost } from '../probe-lost.ts'
import { nginxThing } from '../things.ts'
import { look, successor } from './look.ts'
import { lostMaster } from './lost-master.ts'

type Input = {
  readonly unit: string
  readonly hold: Millis
  /** The host serves again meanwhile, and the old master stays for the way back. */
  readonly keeps?: true
  /** See Place. */
  readonly stale?: { readonly pid: number; readonly startTicks: number }
  /** Its seats at the load balancers, and how much more of their answers may be 5xx than were before, in percent. */
  readonly answers?: { readonly watched: readonly Watched[]; readonly max5xx: number }
}

/**
 * Lets the new workers serve alone for a while, and fails as soon as their master is gone, one of them had to be started again,
 * they log an accident, the probe loses something, or the load balancers get more 5xx from it than before.
 */
export const holdNew = defineWait<Input>({
  kind: 'nginx.hold',
  describe: ({ hold, keeps, answers }) => ({
    title: keeps
      ? `keep the old master for ${formatDuration(hold)}: until then the way back is a HUP${answers ? `; at most ${answers.max5xx} % more 5xx than before` : ''}`
      : `hold ${formatDuration(hold)}: the new workers alone serve`,
    commands: [],
  }),
  look: async ({ unit, hold, keeps, answers, stale }, on, waited) => {
    const seen = await look(on, unit)
    const { picture, phase } = seen
    const fresh = phase.phase === 'winched' ? phase.fresh : successor(seen, stale)
    if (!fresh) throw lostMaster(on.host.name, phase)
    const workers = acceptingWorkers(picture, fresh)
    const wanted = fresh.settings?.workers ?? 1
    // Its first workers start together; one that started later did so because one died.
    const first = Math.min(...workers.map(({ startTicks }) => startTicks))
    const restarted = workers.find(({ startTicks }) => startTicks - first > 100)
    if (restarted) {
      throw new NoUseWaiting(`a new worker died and was started again as ${restarted.pid}`, { host: on.host.name })
    }
    refuseLost(on)
    await refuseAccidents(on, fresh, new Set([fresh.pid, ...workers.map(({ pid }) => pid)]))
    const answered = answers && (await lookAgain(on, (on) => answersAlike(on, answers)))
    const said = answered?.came === undefined ? '' : `, ${answered.came}`
    const waits = notYet(
      workers.length < wanted && `${on.host.name}  ${workers.length} of ${wanted} new workers`,
      ...(answered?.awaiting ?? []),
      waited < hold &&
        (keeps
          ? `${on.host.name}  the old master is kept, ${formatDuration(waited)} of ${formatDuration(hold)} now${said}`
          : `${on.host.name}  the new workers serve alone since ${formatDuration(waited)}`),
    )
    return { ...waits, ...(answered?.came !== undefined && { came: answered.came }) }
  },
  protects: ({ unit }, host) => [nginxThing(host, unit)],
  timeout: ({ hold }) => hold + 15_000,
  // Each look costs the host half a second of a processor: for minutes on end a rarer one will do.
  interval: ({ hold, keeps }) => Math.min(keeps ? 5000 : 500, Math.max(100, hold / 4)),
})

/** Throws NoUseWaiting where one of them answers worse than before; says what they answer. */
async function answersAlike(on: On, { watched, max5xx }: NonNullable<Input['answers']>): Promise<Awaited> {
  const said = await Promise.all(watched.map((one) => refuseWorseAnswers(on, one, max5xx)))
  return { ...notYet(), came: said.join('; ') }
}

/** Bytes of the log's end that are read: what processes a few seconds old have written. */
const enough = 262_144

/** Throws NoUseWaiting with what the new processes have logged as `[emerg]` or `[alert]`; the old ones may say what they like. */
async function refuseAccidents(on: On, { settings }: NginxMaster, pids: ReadonlySet<number>): Promise<void> {
  const { host, signal } = on
  const path = settings?.errorLog ?? null
  if (path === null) return
  const { mark } = await readNginxLog(host, path, undefined, { signal })
  const newest = { ...mark, offset: Math.max(0, mark.offset - enough) }
  const { lines } = await readNginxLog(host, path, newest, { signal })
  const own = lines.filter(({ level, pid }) => ['emerg', 'alert'].includes(level) && pid !== null && pids.has(pid))
  if (own.length === 0) return
  const said = own.map(({ level, text }) => `[${level}] ${text}`).join('\n')
  throw new NoUseWaiting('the new nginx has logged an accident', { host: host.name, said })
}
