import { acceptingWorkers, nginxPhase } from './phase.ts'
import type { NginxMaster, NginxPicture } from './picture.ts'
import { refuseByProcesses } from './preflight-processes.ts'
import { refuseByUnit } from './preflight-unit.ts'
import { refuseByPidFile } from './preflight-pid-file.ts'
import { mendable, refuse, type Refusal } from './refusal.ts'

/** USR2 executes argv[0] as it stands, without PATH, from the master's working directory (TRAPS, case 22). */
function refuseByTitle({ argv, pid, cwd, uid, ownRoot, settings }: NginxMaster): Refusal[] {
  const restart = 'start it by its whole path, such as /usr/sbin/nginx'
  const refusals: Refusal[] = []
  if (!argv.binary.includes('/')) {
    const why = `master ${pid} was started as "${argv.binary}", without a path: at USR2 it would not find its program`
    refusals.push(refuse('bare-argv0', why, restart))
  } else if (!argv.binary.startsWith('/')) {
    const why = `master ${pid} was started as "${argv.binary}", which depends on its working directory ${cwd}`
    refusals.push(refuse('relative-argv0', why, restart))
  }
  if (uid !== 0)
    refusals.push(refuse('not-root', `master ${pid} runs as user ${uid}, not as root`, 'run nginx from its unit'))
  if (ownRoot) {
    const why = `master ${pid} has a root folder of its own (chroot, RootDirectory=): its files are not the host's`
    refusals.push(refuse('own-root', why, 'upgrade it inside of that folder'))
  }
  if (settings?.daemon === false) {
    refusals.push(
      refuse('daemon-off', 'nginx runs with "daemon off" and ignores USR2', 'use "daemon on" with Type=forking'),
    )
  }
  if (settings?.masterProcess === false) {
    const why = 'the configuration says "master_process off", which has no graceful reload'
    refusals.push(refuse('no-master-process', why, 'set "master_process on;"'))
  }
  return refusals
}

function refuseByBinary({ binaries }: NginxPicture, { argv, pid, exeInode, version }: NginxMaster): Refusal[] {
  if (!argv.binary.startsWith('/')) return []
  const binary = binaries.find(({ path }) => path === argv.binary)
  if (binary === undefined || binary.inode === '') {
    const why = `${argv.binary}, which master ${pid} would execute, is not there`
    return [refuse('binary-missing', why, `cp -p /proc/${pid}/exe ${argv.binary}   # the running one`)]
  }
  const refusals: Refusal[] = []
  if (binary.inode !== exeInode) {
    const why = `${argv.binary} is no longer the file that runs (${version?.text ?? '?'}): there would be no way back`
    refusals.push(refuse('binary-replaced', why, 'zdt refresh HOST   # has it run what lies there'))
  }
  if (!binary.folderWritable) {
    refusals.push(
      refuse(
        'binary-not-writable',
        `the folder of ${binary.realPath} cannot be written to`,
        'is it mounted read-only?',
      ),
    )
  }
  return refusals
}

function refuseByWorkers(picture: NginxPicture, master: NginxMaster): Refusal[] {
  const workers = acceptingWorkers(picture, master).length
  const wanted = master.settings?.workers ?? workers
  if (workers === 0) {
    const why = `master ${master.pid} has no worker: it accepts connections and answers none`
    return [refuse('no-workers', why, `journalctl -u ${picture.unit.id}   # and its error log say why`)]
  }
  const shared = mostSockets(master)
  if (shared !== undefined && wanted < shared.sockets) {
    const why = `reuseport: ${shared.address} has ${shared.sockets} sockets, one a worker, but ${wanted} workers are configured: a reload and an upgrade alike would close ${shared.sockets - wanted} of them, and reset the connections that wait in those`
    return [refuse('reuseport-fewer-workers', why, `worker_processes ${shared.sockets};   # as it runs now`)]
  }
  if (workers <= wanted) return []
  const why = `master ${master.pid} has ${workers} workers, but ${wanted} are configured: the configuration was not reloaded, or the master is poisoned`
  const heal = `nginx -s reload; should that add workers: kill -USR2 ${master.pid}, kill -QUIT the new master, kill -HUP ${master.pid}`
  return [mendable({ mend: 'heal-master', pid: master.pid }, 'too-many-workers', why, heal)]
}

/** The address that has the most sockets, where `reuseport` gives it one a worker (TRAPS: nginx). */
function mostSockets({ listeners }: NginxMaster): { address: string; sockets: number } | undefined {
  const each = Map.groupBy(listeners, ({ kind, address }) => `${kind} ${address}`)
  const [most] = [...each.values()].toSorted((a, b) => b.length - a.length)
  const address = most?.[0]?.address
  return most && address !== undefined && most.length > 1 ? { address, sockets: most.length } : undefined
}

/**
 * Every reason why nginx on this host must not be upgraded while it runs, worst first; none means go (TRAPS: nginx).
 * Pure: what must still hold when the run begins is asked again, of a new picture.
 */
export function preflight(picture: NginxPicture): Refusal[] {
  const processes = refuseByProcesses(picture)
  const found = nginxPhase(picture)
  if (found.phase !== 'single') return processes
  const { master } = found
  return [
    ...processes,
    ...refuseByTitle(master),
    ...refuseByUnit(picture, master),
    ...refuseByBinary(picture, master),
    ...refuseByPidFile(picture, master),
    ...refuseByWorkers(picture, master),
  ]
}
