import { NoUseWaiting, type Awaited, type On } from '../../engine/step-kind.ts'
import { acceptingWorkers, pidFileOf } from '../../daemons/nginx/phase.ts'
import type { NginxMaster, NginxPicture } from '../../daemons/nginx/picture.ts'
import { readNginxLog, type LogMark } from '../../daemons/nginx/log.ts'
import { formatDuration } from '../../lib/durations.ts'
import { putInPlace } from '../binary/keep-running.ts'
import { defineChange, notYet } from '../define.ts'
import { nginxThing } from '../things.ts'
import { backToOld, keptInode, knowsWayBack, oldNginx, oldServes, startedAnew, type Place } from './back-to-old.ts'
import { backByHand } from './back-by-hand.ts'
import { look, same, signal, successor } from './look.ts'
import type { OldNginx } from './next-move.ts'

type Input = Place & {
  /** What the new master must say it is: `1.26.3`. */
  readonly version: string
}

type Found = {
  readonly old: OldNginx
  /** Where the error log ended before: null when there is none to read. */
  readonly log: LogMark | null
  /** The new program runs already: the host has booted since its file was put there, or somebody has restarted nginx. */
  readonly runs: boolean
}

/** A new master that has lived this long, in ms, has got past binding its addresses (tries five times, 0.5 s apart). */
const provenAfter = 3000

/**
 * USR2: the old master starts the new program, and both accept (phase 1). A zero from `kill` says nothing: the new master
 * counts when it lives, has workers, holds the pid file and is of the version wanted (TRAPS: nginx, USR2).
 */
export const startNewMaster = defineChange<Input, Found>({
  kind: 'nginx.start-new-master',
  describe: (input) => ({
    title: `USR2: start nginx ${input.version} beside the old one`,
    commands: [`kill -USR2 "$(systemctl show -p MainPID --value ${input.unit})"`],
  }),
  describeUndo: (_input, { old }) => backByHand(old),
  observe: async (input, on) => {
    const { unit, version, stale } = input
    const seen = await look(on, unit)
    const { picture, phase } = seen
    if (phase.phase !== 'single') {
      throw new NoUseWaiting(`an upgrade is under way there already (phase ${phase.phase})`, { host: on.host.name })
    }
    // A run that is resumed comes here past `fit-for-upgrade`, and USR2 would poison it (TRAPS, case 11).
    const { path, pid } = pidFileOf(picture, phase.master)
    if (pid !== phase.master.pid) {
      throw new NoUseWaiting(`${path} does not name master ${phase.master.pid}`, { host: on.host.name })
    }
    const old = oldNginx(picture, phase.master, await keptInode(on, input))
    if (successor(seen, stale)?.version?.text === version) return { old, log: null, runs: true }
    const errorLog = phase.master.settings?.errorLog ?? null
    const log =
      errorLog === null ? null : (await readNginxLog(on.host, errorLog, undefined, { signal: on.signal })).mark
    return { old, log, runs: false }
  },
  isDone: (_input, { runs }) => runs,
  apply: async ({ target, stale }, { old }, on) => {
    // A rollback that was not gone on with may have put what ran before there.
    if (stale) await putInPlace(on, target)
    await signal(on, 'USR2', old)
  },
  verify: async (place, { old, log }, on) => {
    const { unit, version } = place
    const seen = await look(on, unit)
    const { picture, phase } = seen
    const started = startedAnew(seen, old, place)
    if (started) return serves(picture, started, version)
    if (phase.phase === 'single' || phase.phase === 'none') {
      await throwWhatWasLogged(on, log)
      return notYet('no new master yet')
    }
    if (phase.phase !== 'both-accept') return notYet(`the new master has no workers yet (${phase.phase})`)
    const other = phase.old.pid
    return same(phase.old, old)
      ? serves(picture, phase.fresh, version)
      : notYet(`the old master is ${other}, not ${old.pid}`)
  },
  undo: (input, { old }, on) => backToOld(on, input, old),
  undone: (input, { old }, on) => oldServes(on, input, old),
  about: ({ unit }, host) => [nginxThing(host, unit)],
  halfway: (place, { old }, on) => knowsWayBack(on, place, old),
  patience: () => 20_000,
  // Most of its time it waits for an age.
  interval: () => 500,
})

/** Does the new master live, whole, and for long enough? */
function serves(picture: NginxPicture, fresh: NginxMaster, version: string): Awaited {
  const workers = acceptingWorkers(picture, fresh).length
  const wanted = fresh.settings?.workers ?? 1
  const age = Math.max(0, picture.uptime * 1000 - fresh.startTicks * 10)
  return notYet(
    fresh.version?.text !== version && `the new master runs ${fresh.version?.text ?? 'an unknown version'}`,
    workers < wanted && `${workers} of ${wanted} new workers`,
    pidFileOf(picture, fresh).pid !== fresh.pid && `${pidFileOf(picture, fresh).path} does not name the new master`,
    age < provenAfter && `the new master is ${formatDuration(age)} old, ${formatDuration(provenAfter)} are wanted`,
  )
}

/** Before the fork there is no new master either: only a complaint in the log says that it was tried. */
async function throwWhatWasLogged(on: On, log: LogMark | null): Promise<void> {
  const lines = log === null ? [] : (await readNginxLog(on.host, log.path, log, { signal: on.signal })).lines
  if (lines.length === 0) return
  throw new NoUseWaiting('USR2: the new master did not live', {
    host: on.host.name,
    said: lines.map(({ level, text }) => `[${level}] ${text}`).join('\n'),
  })
}
