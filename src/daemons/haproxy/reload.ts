import type { Host, RunOptions } from '../../hosts/host.ts'
import { failed, orderBySignal, pending, took, type Reloaded, type ReloadRefusal } from '../reload.ts'
import type { JournalLine, UnitProcess } from '../systemd/family.ts'
import type { HaproxyPicture } from './picture.ts'

/** How a master that has lost its program comes back (TRAPS: case 24): seen on 2.6 and 3.0. */
function heal(picture: HaproxyPicture): string[] {
  const path = picture.binary?.path ?? '/usr/sbin/haproxy'
  return [
    `put the program back: cp -p /proc/${picture.children[0]?.pid ?? 'WORKER'}/exe ${path}.was && mv ${path}.was ${path}; chmod 755 ${path}`,
    `kill -USR2 ${picture.master?.pid ?? 'MASTER'}   # it executes ${path} again and answers`,
  ]
}

function refuse(code: string, message: string, ...suggestions: readonly string[]): ReloadRefusal {
  return { code, message, suggestions }
}

function refuseByBinary(picture: HaproxyPicture, master: UnitProcess): ReloadRefusal[] {
  const { binary } = picture
  if (binary === null) {
    const why = `master ${master.pid} was started as "${master.argv[0] ?? ''}", which is no whole path: a reload may not find its program`
    return [refuse('argv0', why, 'start it by its whole path, such as /usr/sbin/haproxy')]
  }
  const { path, inode, executable, version } = binary
  if (inode === '')
    return [refuse('binary-missing', `${path}, which a reload executes, is not there`, ...heal(picture))]
  if (!executable)
    return [
      refuse('binary-not-executable', `${path}, which a reload executes, may not be executed`, `chmod 755 ${path}`),
    ]
  if (version === null)
    return [refuse('binary-broken', `${path}, which a reload executes, does not run here`, `${path} -v`)]
  const running = picture.family?.workers.at(-1)?.version ?? version
  if (version !== running) {
    const why = `${path} is no longer what runs: a reload would put HAProxy ${version} in the place of ${running}`
    return [refuse('binary-replaced', why, 'upgrade HAProxy on purpose, or put the file back first')]
  }
  return []
}

/** Every reason why HAProxy must not be reloaded as it runs now, worst first; none means go. Pure. */
export function refuseHaproxyReload(picture: HaproxyPicture): ReloadRefusal[] {
  const { master, unit, family } = picture
  if (master === null)
    return [refuse('not-running', `${unit.id} is not running (${unit.activeState})`, `systemctl start ${unit.id}`)]
  const binary = refuseByBinary(picture, master)
  if (picture.children.length === 0) {
    const why = `process ${master.pid} has no workers: without -W or -Ws HAProxy has no reload`
    return [...binary, refuse('no-master', why, `start it with -Ws and -S, as Debian's unit does`)]
  }
  if (picture.masterSocket === null) {
    const why = `master ${master.pid} has no socket of its own: nobody could tell whether a reload took`
    return [...binary, refuse('no-master-socket', why, 'start it with -S /run/haproxy-master.sock')]
  }
  if (family === null) {
    const why = `master ${master.pid} does not answer (${picture.silent ?? ''})`
    return [...binary, refuse('master-silent', why, ...(binary.length === 0 ? heal(picture).slice(1) : []))]
  }
  return binary
}

/** Orders a reload: USR2, the one way that every version with a master knows (management guide §4). */
export async function orderHaproxyReload(
  host: Host,
  { master, unit }: Pick<HaproxyPicture, 'master' | 'unit'>,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<void> {
  await orderBySignal(host, 'USR2', master ?? { pid: unit.mainPid ?? 0, startTicks: 0 }, options)
}

/** Of the journal, what tells why: without the frontends that pause and stop. */
export function alertsIn(journal: readonly JournalLine[]): string[] {
  const alerts = journal.flatMap(({ text }) => /^\[ALERT\]\s+\(\d+\) : (.*)$/.exec(text)?.[1] ?? [])
  return [...new Set(alerts)]
}

/**
 * Has the reload ordered after `before` taken? Never by an exit code (TRAPS: `systemctl reload` exits 0 even so): the same
 * master, more reloads, none failed, a new worker of the file on disk that is not leaving. `now` is a picture
 * `since: before`. Pure.
 */
export function haproxyReloadTook(before: HaproxyPicture, now: HaproxyPicture): Reloaded {
  const said = alertsIn(now.journal)
  const { master, family, worker } = now
  const restart = `systemctl status ${now.unit.id}`
  if (master === null) return failed(`HAProxy is gone: ${now.unit.id} is ${now.unit.activeState}`, said, restart)
  if (master.pid !== before.master?.pid || master.startTicks !== before.master.startTicks)
    return failed(`HAProxy was restarted: master ${master.pid}, was ${before.master?.pid ?? 'none'}`, said, restart)
  if (family === null) {
    const lost = now.binary !== null && !now.binary.executable
    if (lost) return failed(`the master cannot execute ${now.binary.path} and answers nobody`, said, ...heal(now))
    return pending(`the master to answer (${now.silent ?? ''})`)
  }
  // Where the master was silent before, only its new worker tells.
  const known = new Set(before.children.map(({ pid }) => pid))
  if (before.family !== null && family.master.reloads <= before.family.master.reloads)
    return pending('the master to reload')
  if (family.master.failedReloads > 0)
    return failed('HAProxy could not load the configuration and goes on with the one before', said)
  const fresh = family.workers.filter(({ pid }) => !known.has(pid))
  const [newest] = fresh
  if (newest === undefined) return pending('a new worker')
  const process = now.children.find(({ pid }) => pid === newest.pid)
  if (process === undefined || worker?.pid !== newest.pid) return pending(`worker ${newest.pid} to answer`)
  if (process.exeDeleted || process.exeInode !== now.binary?.inode)
    return failed(`worker ${newest.pid} does not run the file that lies at ${now.binary?.path ?? 'argv[0]'}`, said)
  if (worker.version !== now.binary.version)
    return failed(
      `worker ${newest.pid} is HAProxy ${worker.version}, not ${now.binary.version ?? 'what is on disk'}`,
      said,
    )
  return worker.stopping ? pending(`worker ${newest.pid} to serve: it is leaving`) : took
}
