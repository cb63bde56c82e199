import { NoUseWaiting, type Awaited, type On } from '../../engine/step-kind.ts'
import { abandoned, acceptingWorkers, pidFileOf } from '../../daemons/nginx/phase.ts'
import type { NginxMaster, NginxPicture } from '../../daemons/nginx/picture.ts'
import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'
import { readNginxLog, type LogMark } from '../../daemons/nginx/log.ts'
import type { Packages } from '../packages/managers.ts'
import { installOld, versionsBefore } from '../packages/put.ts'
import { fileDigest } from '../file-digest.ts'
import { setAside } from '../binary/keep-running.ts'
import { notYet } from '../define.ts'
import { asRoot } from '../vip/as-root.ts'
import { endOrphans, look, signal, successor, type Seen } from './look.ts'
import { isOldCode, nextMove, type Move, type OldNginx } from './next-move.ts'

/** Where the upgrade takes place, and where the old binary is kept. */
export type Place = {
  readonly unit: string
  readonly target: string
  /** A hard link to the old binary: after QUIT it is the only way back. */
  readonly backup: string
  /** The master that is to be followed by the very file that lies there: that it runs from that path does not make it new. */
  readonly stale?: { readonly pid: number; readonly startTicks: number }
  /** sha256 of the new file, where it came as one: another that lies there is somebody else's. */
  readonly fresh?: string
  /** What has brought the new binary: modules of its version came with it, and the old one loads none of those. */
  readonly packages?: Packages
}

/** What must be known of the master that serves, to be able to come back to it; `kept` is the inode of a copy of its code. */
export function oldNginx(picture: NginxPicture, master: NginxMaster, kept?: string): OldNginx {
  const { pid, startTicks, exeInode, version } = master
  const workers = acceptingWorkers(picture, master).length
  const known = { pid, startTicks, boot: picture.boot, inode: exeInode, version: version?.text ?? '', workers }
  return { ...known, ...(kept !== undefined && { kept }) }
}

/** The inode of the kept binary, where it may be a copy; undefined where it is a link, or not there. */
export async function keptInode(on: On, { stale, backup }: Place): Promise<string | undefined> {
  if (!stale) return undefined
  const { code, stdout } = await on.host.run(['stat', '-c', '%d:%i', '--', backup], { as: 'root', signal: on.signal })
  return code === 0 ? stdout.toString().trim() : undefined
}

/** Time for lingering connections to end, a new master to bind its addresses, workers to start. */
const patience: Millis = 90_000

/** What had its address taken for a moment lives at the next. */
const attempts = 3

/**
 * Brings the old nginx back to serving alone, from any phase of the upgrade or of this way back itself, one move at a
 * time, each seen to take before the next. Throws NoUseWaiting when there is no move, or time is over.
 */
export async function backToOld(on: On, place: Place, old: OldNginx): Promise<void> {
  let deadline = Date.now() + patience
  let last = ''
  let since = Date.now()
  let tried: Attempt | undefined
  let restored = false
  for (;;) {
    const seen = await look(on, place.unit)
    if (seen.phase.phase !== last) {
      last = seen.phase.phase
      since = Date.now()
    }
    const move = nextMove(seen, old, Date.now() - since)
    if (move.move === 'none') return
    if (move.move === 'stuck') throw new NoUseWaiting(move.why, { host: on.host.name })
    if (Date.now() > deadline) {
      throw new NoUseWaiting(move.move === 'wait' ? move.why : `nginx is still in phase ${last}`, {
        host: on.host.name,
      })
    }
    if (isUsr2(move)) tried = await attempt(on, seen, old, tried)
    await make(move, on, place)
    // Packages take their own time, once: what does not come back by that never will.
    if (move.move === 'restore-binary' && !restored) {
      restored = true
      deadline = Date.now() + patience
    }
    // A signal takes effect in milliseconds; looking in between could send it twice.
    await sleep(move.move === 'signal' ? 300 : 100, on.signal)
  }
}

/** How often the old binary was started anew, and where the error log ended before. */
type Attempt = { readonly count: number; readonly log: LogMark | undefined }

function isUsr2(move: Move): boolean {
  return move.move === 'signal' && move.signal === 'USR2'
}

/** Another USR2. Throws NoUseWaiting where the old binary did not live a few times, and the error log says why. */
async function attempt(on: On, { phase }: Seen, old: OldNginx, before?: Attempt): Promise<Attempt> {
  if (before && before.count < attempts) return { ...before, count: before.count + 1 }
  if (before) {
    const { path } = before.log ?? {}
    const { lines } =
      path === undefined ? { lines: [] } : await readNginxLog(on.host, path, before.log, { signal: on.signal })
    const said = lines.filter(({ level }) => level === 'emerg' || level === 'alert')
    // A busy host takes its time: then nothing is said, and the time that is left decides.
    if (said.length === 0) return before
    throw new NoUseWaiting(`nginx ${old.version} was started ${attempts} times and did not live`, {
      host: on.host.name,
      said: said.map(({ level, text }) => `[${level}] ${text}`).join('\n'),
    })
  }
  const path = phase.phase === 'single' ? phase.master.settings?.errorLog : undefined
  const log = path ? (await readNginxLog(on.host, path, undefined, { signal: on.signal })).mark : undefined
  return { count: 1, log }
}

/** Does the old nginx serve alone, as it did? */
export async function oldServes(on: On, { unit }: Place, old: OldNginx): Promise<Awaited> {
  const { picture, phase } = await look(on, unit)
  if (phase.phase !== 'single') return notYet(`nginx is in phase ${phase.phase}`)
  const { master } = phase
  const now = acceptingWorkers(picture, master).length
  return notYet(
    !isOldCode(old, master.exeInode) &&
      `master ${master.pid} runs ${master.version?.text ?? 'another binary'}, not ${old.version}`,
    now !== old.workers && `${now} workers, ${old.workers} before`,
    abandoned(picture).length > 0 && 'workers of a killed master still accept',
    pidFileOf(picture, master).pid !== master.pid && 'the pid file does not name the master',
    picture.unit.mainPid !== master.pid && `${picture.unit.id} follows ${picture.unit.mainPid ?? 'nothing'}`,
  )
}

/**
 * nginx was started anew since, by a boot of its host, or by somebody where it can be told that it runs what this run has put
 * there: that is as good as an upgrade that came to its end. Undefined where it is not so, and where that file is another's.
 */
export function startedAnew(seen: Seen, old: OldNginx, { fresh }: Pick<Place, 'fresh'>): NginxMaster | undefined {
  const left = successor(seen)
  const isNew = seen.picture.boot !== old.boot || (seen.phase.phase === 'single' && fresh !== undefined)
  if (!left || !isNew || isOldCode(old, left.exeInode)) return undefined
  const runs = seen.picture.binaries.find(({ inode }) => inode === left.exeInode)
  return fresh === undefined || runs?.sha256 === fresh ? left : undefined
}

/**
 * Is nginx in a phase that an upgrade, or its way back, leaves when it dies in the middle? A single master of code that is
 * neither the old one nor what this run has put there is none of these: somebody has.
 */
export async function knowsWayBack(on: On, place: Place, old: OldNginx): Promise<boolean> {
  const seen = await look(on, place.unit)
  const { phase } = seen
  const isOther = phase.phase === 'single' && !isOldCode(old, phase.master.exeInode)
  if (isOther && !startedAnew(seen, old, place)) return false
  return nextMove(seen, old, 0).move !== 'stuck'
}

/** A hard link, not a copy: by its inode the old code is known again. */
const restore = String.raw`
set -e
target=$1 backup=$2
ln -fT -- "$backup" "$target.zdt-back"
mv -fT -- "$target.zdt-back" "$target"
sync -- "$(dirname -- "$target")"
`

async function make(move: Move, on: On, { unit, target, backup, stale, packages, fresh }: Place): Promise<void> {
  switch (move.move) {
    case 'signal':
      // Gone meanwhile is as good: the next look tells.
      await signal(on, move.signal, move.to).catch((error: unknown) => {
        if (!(error instanceof NoUseWaiting)) throw error
      })
      return
    case 'end-orphans':
      return endOrphans(on, unit)
    case 'restore-binary':
      if (fresh !== undefined) await refuseForeign(on, target, [fresh, await fileDigest(on, backup)])
      if (stale) await setAside(on, { target, backup })
      if (packages) await installOld(on, packages, versionsBefore(packages))
      return asRoot(on, ['sh', '-c', restore, 'zdt-restore', target, backup], 'the old binary could not be put back')
    case 'start':
      return asRoot(on, ['systemctl', 'start', '--', unit], `${unit} could not be started`)
    default:
  }
}

/** Throws NoUseWaiting where a file lies there that is none of these: nobody has a copy of it. */
async function refuseForeign(on: On, target: string, known: readonly (string | null)[]): Promise<void> {
  const lies = await fileDigest(on, target)
  if (lies === null || known.includes(lies)) return
  throw new NoUseWaiting(`${target} is not what this run put there: somebody else has changed it`, {
    host: on.host.name,
    suggestions: [`ssh ${on.host.name} sudo mv ${target} ${target}.other   # keeps it; and then this again`],
  })
}
