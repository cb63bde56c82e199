import type { NginxPicture } from './picture.ts'
import { nginxPhase, orphans } from './phase.ts'
import { mendable, refuse, type Refusal } from './refusal.ts'

function nothingToUpgrade({ unit, stranger, elsewhere }: NginxPicture): Refusal {
  if (stranger !== null && /(^|\/)nginx$/.test(stranger.exe)) {
    const why = `nginx runs without a master process (process ${stranger.pid}), so it cannot hand its sockets on`
    return refuse('no-master-process', why, `set "master_process on;" and restart ${unit.id} in a quiet hour`)
  }
  if (elsewhere.length > 0) {
    const why = `nginx runs in a container (${elsewhere.length} processes), where daemon off ignores USR2`
    return refuse('container', why, 'replace the container: start the new one, move the traffic, stop the old one')
  }
  const state = unit.loaded ? `${unit.id} is ${unit.activeState}` : 'systemd has no unit of it'
  return refuse('not-running', `nginx is not running: ${state}`, `systemctl start ${unit.id}`)
}

/** Refusals that the processes alone tell: which masters there are, and whether an upgrade is under way. */
export function refuseByProcesses(picture: NginxPicture): Refusal[] {
  const found = nginxPhase(picture)
  const refusals: Refusal[] = []
  switch (found.phase) {
    case 'none':
      refusals.push(nothingToUpgrade(picture))
      break
    case 'several': {
      const pids = found.masters.map(({ pid }) => pid).join(', ')
      refusals.push(refuse('several-masters', `several masters of nginx run on the host: ${pids}`, 'keep one of them'))
      break
    }
    case 'starting': {
      const why = `master ${found.old.pid} is starting another program just now (process ${found.young.pid})`
      refusals.push(refuse('upgrade-under-way', why, 'look again in 3 s'))
      break
    }
    case 'both-accept': {
      const why = `an upgrade is under way: masters ${found.old.pid} and ${found.fresh.pid} both accept`
      refusals.push(refuse('upgrade-under-way', why, `kill -QUIT ${found.fresh.pid}   # back to the old one`))
      break
    }
    case 'winched': {
      const why = `an upgrade is under way: master ${found.fresh.pid} serves, ${found.old.pid} waits`
      const back = `kill -HUP ${found.old.pid}, then kill -QUIT ${found.fresh.pid}   # back to the old one`
      refusals.push(refuse('upgrade-under-way', why, `kill -QUIT ${found.old.pid}   # finish it`, back))
      break
    }
    case 'old-lingers': {
      const why = `the master before, ${found.old.pid}, still waits for its last connections: until it is gone nginx ignores USR2`
      refusals.push(refuse('upgrade-under-way', why, `kill -TERM ${found.old.pid}   # cuts them`))
      break
    }
    case 'single':
      break
  }
  const left = orphans(picture).map(({ pid }) => pid)
  if (left.length > 0) {
    const why = `workers without a master are left of an earlier accident and may go on accepting: ${left.join(', ')}`
    const byHand = `kill -QUIT ${left.join(' ')}   # each ends with its last connection`
    refusals.push(mendable({ mend: 'end-orphans', pids: left }, 'orphan-workers', why, byHand))
  }
  return refusals
}
