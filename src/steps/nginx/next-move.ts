import { abandoned, acceptingWorkers, pidFileOf } from '../../daemons/nginx/phase.ts'
import type { NginxMaster } from '../../daemons/nginx/picture.ts'
import type { NginxSignal } from '../../daemons/nginx/signals.ts'
import type { ProcessId } from '../../daemons/signal-process.ts'
import { assertNever, type Millis } from '../../lib/types.ts'
import type { Seen } from './look.ts'

/** What was there before an upgrade: enough to know it again in any phase, going there or coming back. */
export type OldNginx = {
  readonly pid: number
  readonly startTicks: number
  /** The boot of the host that it ran in. */
  readonly boot: string
  /** `DEVICE:INODE` of its code: the kept binary is a hard link to it, so that its next process has the same. */
  readonly inode: string
  /** The same of the kept binary, where its own file was gone and it is a copy of what ran. */
  readonly kept?: string
  readonly version: string
  readonly workers: number
}

/** What brings the old nginx nearer to serving alone again. */
export type Move =
  | { readonly move: 'none' }
  | { readonly move: 'wait'; readonly why: string }
  | { readonly move: 'signal'; readonly signal: NginxSignal; readonly to: ProcessId }
  | { readonly move: 'end-orphans' }
  | { readonly move: 'restore-binary' }
  /** Nothing runs at all: systemd starts what lies on disk. */
  | { readonly move: 'start' }
  | { readonly move: 'stuck'; readonly why: string }

/** A new master that has no workers after this long will get none: it is told to go. */
const patienceWithYoung: Millis = 10_000

/**
 * One move back, from wherever an upgrade or its own way back stands (TRAPS: nginx, the table of phases). It is told by
 * which code runs, not by who is older: on the way back the old code is the younger process.
 */
export function nextMove({ picture, phase }: Seen, old: OldNginx, since: Millis): Move {
  const isOld = (master: NginxMaster) => isOldCode(old, master.exeInode)
  switch (phase.phase) {
    case 'single':
      return isOld(phase.master)
        ? settle({ picture, phase }, phase.master)
        : upgradeBack({ picture, phase }, phase.master, old)
    case 'starting':
      if (since < patienceWithYoung) return { move: 'wait', why: 'a new master is starting' }
      return { move: 'signal', signal: since < 2 * patienceWithYoung ? 'QUIT' : 'TERM', to: phase.young }
    case 'both-accept':
      // Never HUP here: the old master still has its own workers, and would have twice as many.
      if (isOld(phase.old)) return { move: 'signal', signal: 'QUIT', to: phase.fresh }
      return isOld(phase.fresh) ? { move: 'signal', signal: 'WINCH', to: phase.old } : strangers
    case 'winched':
      if (isOld(phase.old)) return { move: 'signal', signal: 'HUP', to: phase.old }
      return isOld(phase.fresh) ? { move: 'signal', signal: 'QUIT', to: phase.old } : strangers
    case 'old-lingers':
      return { move: 'wait', why: `master ${phase.old.pid} ends with its last connections; until then USR2 is ignored` }
    case 'none':
      return binaryOnDisk(picture, old) ? { move: 'start' } : { move: 'restore-binary' }
    case 'several':
      return { move: 'stuck', why: `there are ${phase.masters.length} masters that are not parent and child` }
    default:
      return assertNever(phase)
  }
}

const strangers: Move = { move: 'stuck', why: 'neither master runs the binary from before' }

function settle({ picture }: Seen, master: NginxMaster): Move {
  if (abandoned(picture).length > 0) return { move: 'end-orphans' }
  if (master.listeners.length === 0)
    return { move: 'wait', why: `master ${master.pid} was told to end and accepts nothing` }
  // After a new master died under it, nginx starts the workers again by itself.
  if (acceptingWorkers(picture, master).length === 0)
    return { move: 'wait', why: `master ${master.pid} has no workers yet` }
  return { move: 'none' }
}

function upgradeBack({ picture }: Seen, master: NginxMaster, old: OldNginx): Move {
  if (!binaryOnDisk(picture, old)) return { move: 'restore-binary' }
  const { path, pid } = pidFileOf(picture, master)
  // USR2 without a right pid file poisons a master (TRAPS, case 11).
  if (pid !== master.pid) return { move: 'stuck', why: `${path} does not name master ${master.pid}` }
  return { move: 'signal', signal: 'USR2', to: master }
}

/** Is that the old code, or the kept copy of it? */
export function isOldCode({ inode, kept }: OldNginx, other: string): boolean {
  return other === inode || other === kept
}

/** Is the old code where a master would execute it? */
function binaryOnDisk({ binaries }: Seen['picture'], old: OldNginx): boolean {
  return binaries.some(({ inode }) => isOldCode(old, inode))
}
