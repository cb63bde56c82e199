import type { NginxMaster, NginxPicture } from './picture.ts'
import { refuse, type Refusal } from './refusal.ts'

/** /var/run is /run on every host of today, and both are written. */
function tidy(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/')
}

/**
 * Refusals for what systemd would do when the old master exits: only with `Type=forking` and a `PIDFile=` that nginx writes
 * does its MainPID follow; else it kills the new master (TRAPS, case 4). Without systemd there is nothing to refuse.
 */
export function refuseByUnit({ unit }: NginxPicture, master: NginxMaster): Refusal[] {
  if (!unit.loaded) return []
  const { id } = unit
  if (unit.activeState !== 'active' || !master.cgroup.endsWith(unit.controlGroup)) {
    const why = `master ${master.pid} was not started by ${id}, which is ${unit.activeState}: systemd would not follow it`
    return [refuse('not-by-systemd', why, `stop it (kill -QUIT ${master.pid}) and systemctl start ${id}`)]
  }
  const edit = `systemctl edit ${id}   # Type=forking and PIDFile=${master.settings?.pidFile ?? '/run/nginx.pid'}, then restart`
  if (unit.type !== 'forking') {
    const why = `${id} is Type=${unit.type}: when the old master exits, systemd stops the new one`
    return [refuse('unit-not-forking', why, edit)]
  }
  if (unit.pidFile === '') {
    const why = `${id} has no PIDFile: when the old master exits, systemd kills the new one`
    return [refuse('unit-without-pidfile', why, edit)]
  }
  const refusals: Refusal[] = []
  if (master.settings !== null && tidy(unit.pidFile) !== tidy(master.settings.pidFile)) {
    const why = `${id} reads PIDFile ${unit.pidFile}, but nginx writes ${master.settings.pidFile}`
    refusals.push(refuse('unit-other-pidfile', why, edit))
  }
  if (unit.mainPid !== master.pid) {
    const why = `${id} follows process ${unit.mainPid ?? 'none'}, but the master is ${master.pid}`
    refusals.push(refuse('unit-other-main-pid', why, `systemctl restart ${id} in a quiet hour`))
  }
  return refusals
}
