import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import { abandoned, nginxPhase, type NginxPhase } from '../../daemons/nginx/phase.ts'
import { nginxPicture, type NginxMaster, type NginxPicture } from '../../daemons/nginx/picture.ts'
import type { ProcessId } from '../../daemons/signal-process.ts'
import { signalNginx, type NginxSignal } from '../../daemons/nginx/signals.ts'
import { notTheSame, signalProcess } from '../../daemons/signal-process.ts'

/** nginx on the step's host, and where an upgrade of its binary stands there. */
export interface Seen {
  readonly picture: NginxPicture
  readonly phase: NginxPhase
}

/** One look, one round trip. */
export async function look(on: On, unit: string): Promise<Seen> {
  const picture = await nginxPicture(on.host, unit, { signal: on.signal })
  return { picture, phase: nginxPhase(picture) }
}

/**
 * The new master, where the old one has got QUIT or is gone: it runs the code that lies on disk, and is not the `stale` one.
 * Undefined where both are still there, and where the old one alone is.
 */
export function successor({ picture, phase }: Seen, stale?: ProcessId): NginxMaster | undefined {
  const left = phase.phase === 'old-lingers' ? phase.fresh : phase.phase === 'single' ? phase.master : undefined
  if (left && stale && same(left, stale)) return undefined
  return left && picture.binaries.some(({ inode }) => inode === left.exeInode) ? left : undefined
}

/** Signals a master that was seen, and only that one. Throws when it is gone or another process has its pid by now. */
export async function signal(on: On, name: NginxSignal, master: ProcessId): Promise<void> {
  const { code, stderr } = await on.host.run(signalNginx(name, master), { as: 'root', signal: on.signal })
  if (code === 0) return
  const said = stderr.toString().trim()
  const what = code === notTheSame ? 'is not the process that was seen' : 'could not be signalled'
  throw new NoUseWaiting(`${name} was not sent: master ${master.pid} ${what}`, { host: on.host.name, said })
}

/**
 * Ends workers whose master was killed: they go on accepting with whatever they had (TRAPS, case 14); and what looks after its
 * cache. One that is gone by now needs nothing.
 */
export async function endOrphans(on: On, unit: string): Promise<void> {
  const { picture } = await look(on, unit)
  for (const orphan of abandoned(picture)) {
    await on.host.run(signalProcess('QUIT', orphan, orphan.title), { as: 'root', signal: on.signal })
  }
}

/** What names a process for good, without the rest of what was seen of it. */
export function idOf({ pid, startTicks }: ProcessId): { pid: number; startTicks: number } {
  return { pid, startTicks }
}

/** The very same process. */
export function same(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks
}
