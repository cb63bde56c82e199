import { byHand } from '../packages/managers.ts'
import type { Place } from './back-to-old.ts'
import type { OldNginx } from './next-move.ts'

/** What a person would type while the old master is there. Each does nothing where there is nothing for it to do. */
export function backByHand({ pid, version }: OldNginx): string[] {
  const workers = `pgrep -P ${pid} -xf 'nginx: worker process' > /dev/null`
  return [
    // HUP to one that has its workers would double them (TRAPS: nginx, phase 1).
    `${isThere(pid)} && ! ${workers} && sudo kill -HUP ${pid}; sleep 2   # nginx ${version} gets its workers again`,
    `${isThere(pid)} && ${workers} && sudo kill -QUIT $(pgrep -P ${pid} -f '^nginx: master process')   # the new one ends`,
  ]
}

/** The same after QUIT: a whole upgrade to the old binary, once the old master has gone. */
export function backByHandAfterQuit({ unit, target, backup, packages }: Place, { pid, version }: OldNginx): string[] {
  const pidFile = `$(systemctl show -p PIDFile --value ${unit})`
  return [
    `while ${isThere(pid)}; do sleep 1; done   # until the old master has gone`,
    ...(packages ? [byHand(packages, 'old')] : []),
    `sudo ln -fT ${backup} ${target}.zdt-back && sudo mv -fT ${target}.zdt-back ${target}   # nginx ${version}`,
    `sudo kill -USR2 "$(cat ${pidFile})"; sleep 4   # nginx ${version} starts beside the new one`,
    `sudo kill -WINCH "$(cat ${pidFile}.oldbin)"; sleep 1`,
    `sudo kill -QUIT "$(cat ${pidFile}.oldbin)"`,
  ]
}

/** A pid alone may be another process by now. */
function isThere(pid: number): string {
  return `ps -o args= -p ${pid} | grep -q '^nginx: master'`
}
