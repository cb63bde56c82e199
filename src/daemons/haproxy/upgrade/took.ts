import { failed, pending, took, type Reloaded } from '../../reload.ts'
import type { HaproxyPicture } from '../picture.ts'
import { alertsIn, haproxyReloadTook } from '../reload.ts'

/** Do master and newest worker run the very file that lies at argv[0], and serve? What is still awaited, in words. Pure. */
export function serving({ master, binary, family, worker, children, silent }: HaproxyPicture): string[] {
  if (master === null) return ['HAProxy to run']
  if (family === null) return [`the master to answer (${silent ?? ''})`]
  const newest = family.workers.at(-1)
  const process = children.find(({ pid }) => pid === newest?.pid)
  if (newest === undefined || process === undefined || worker?.pid !== newest.pid) return ['a worker to answer']
  const path = binary?.path ?? 'argv[0]'
  return [master, process]
    .filter(({ exeInode }) => exeInode !== binary?.inode)
    .map(({ pid }) => `process ${pid} to run the file that lies at ${path}`)
    .concat(worker.stopping ? [`worker ${newest.pid} to serve: it is leaving`] : [])
}

/**
 * Does HAProxy serve with the binary that was put in the old one's place, since `before`? By a re-exec of the same master; or
 * because the host has booted, or somebody has restarted it on purpose. A master that died is none of these, whoever has
 * started it again. Pure.
 */
export function exchangeTook(before: HaproxyPicture, now: HaproxyPicture): Reloaded {
  const { master, unit, binary } = now
  if (master !== null && master.pid === before.master?.pid && master.startTicks === before.master.startTicks) {
    const verdict = haproxyReloadTook(before, now)
    // The old master lives on in the file that it began with, where it could not execute the new one.
    return verdict.done && serving(now).length > 0 ? pending(...serving(now)) : verdict
  }
  const said = alertsIn(now.journal)
  const look = [`journalctl -u ${unit.id}`]
  if (binary !== null && binary.inode === before.binary?.inode)
    return failed(
      'HAProxy died with the new binary; the host itself has put the old one back and started it',
      said,
      ...look,
    )
  if (master === null || unit.restarts > before.unit.restarts)
    return failed('HAProxy died with the new binary', said, ...look)
  const awaited = serving(now)
  return awaited.length > 0 ? pending(...awaited) : took
}
