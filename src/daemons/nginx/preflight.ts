import { acceptingWorkers, nginxPhase, pidFileOf } from './phase.ts'
import type { NginxMaster, NginxPicture } from './picture.ts'
import { refuseByProcesses } from './preflight-processes.ts'
import { refuseByUnit } from './preflight-unit.ts'
import { refuse, type Refusal } from './refusal.ts'

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
    const back = `cp -p /proc/${pid}/exe ${binary.realPath}.was && mv ${binary.realPath}.was ${binary.realPath}`
    refusals.push(refuse('binary-replaced', why, back))
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

/** A missing or wrong pid file poisons the master at USR2, and then every HUP adds workers (TRAPS, case 11). */
function refuseByPidFile(picture: NginxPicture, master: NginxMaster): Refusal[] {
  const { path, pid } = pidFileOf(picture, master)
  const refusals: Refusal[] = []
  const mend = `echo ${master.pid} > ${path}   # the pid of the running master`
  if (pid === null) {
    const how = path in picture.pidFiles ? `is empty or no pid: "${picture.pidFiles[path]}"` : 'is missing'
    refusals.push(refuse('pid-file-missing', `the pid file ${path} ${how}: USR2 would break the master`, mend))
  } else if (pid !== master.pid) {
    refusals.push(refuse('pid-file-other', `the pid file ${path} names ${pid}, but the master is ${master.pid}`, mend))
  }
  const oldbin = `${path}.oldbin`
  if (oldbin in picture.pidFiles) {
    const why = `${oldbin} is left of an upgrade that did not end in order (it names ${picture.pidFiles[oldbin] || 'nobody'})`
    refusals.push(refuse('oldbin-left', why, `rm ${oldbin}   # no such master runs any more`))
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
  if (workers <= wanted) return []
  const why = `master ${master.pid} has ${workers} workers, but ${wanted} are configured: the configuration was not reloaded, or the master is poisoned`
  const heal = `nginx -s reload; should that add workers: kill -USR2 ${master.pid}, kill -QUIT the new master, kill -HUP ${master.pid}`
  return [refuse('too-many-workers', why, heal)]
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
