import { showInfo, toWorker } from '../daemons/haproxy/commands.ts'
import { info, parseInfo } from '../daemons/haproxy/info.ts'
import { ask } from '../daemons/haproxy/runtime.ts'
import { processes } from '../daemons/haproxy/workers.ts'
import { keepalivedDaemon } from '../daemons/keepalived/daemon.ts'
import { acceptingWorkers, leavingWorkers, nginxPhase, orphans } from '../daemons/nginx/phase.ts'
import { nginxPicture, type NginxMaster, type NginxPicture } from '../daemons/nginx/picture.ts'
import type { Fleet, HaproxySpec } from '../fleet/fleet.ts'
import type { Host } from '../hosts/host.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostName } from '../lib/types.ts'
import type { DaemonStatus } from './status-report.ts'

/** The daemons that the fleet has on a host, as they run. Throws what the daemons and the host throw. */
export async function daemonsOn(fleet: Fleet, host: Host): Promise<DaemonStatus[]> {
  const here = <T extends { readonly hosts: readonly HostName[] }>(groups: ReadonlyMap<string, T>) =>
    [...groups.values()].find(({ hosts }) => hosts.includes(host.name))
  const [haproxy, nginx, keepalived] = [here(fleet.haproxy), here(fleet.nginx), here(fleet.keepalived)]
  const found = await Promise.all([
    haproxy ? haproxyStatus(host, haproxy) : undefined,
    nginx ? nginxPicture(host, nginx.unit).then(nginxStatus) : undefined,
    keepalived ? keepalivedStatus(host, keepalived.unit) : undefined,
  ])
  return found.filter((one) => one !== undefined)
}

const notRunning = { version: 'not running', pid: 0 } as const

async function haproxyStatus(host: Host, { socket, masterSocket }: HaproxySpec): Promise<DaemonStatus> {
  const [worker, family] = await Promise.all([
    info(host, socket),
    // No master socket is no fault here: only the old workers stay unseen.
    processes(host, masterSocket).catch(() => undefined),
  ])
  const leaving = await Promise.all(
    (family?.leaving ?? []).map(async ({ pid, uptimeSeconds }) => ({
      uptimeSeconds,
      // It may leave while it is asked.
      connections: await connectionsOf(host, masterSocket, pid).catch(() => undefined),
    })),
  )
  const failed = family?.master.failedReloads ?? 0
  return {
    name: 'haproxy',
    version: worker.version,
    pid: worker.pid,
    upSeconds: worker.uptimeSeconds,
    notes: [...oldWorkers(leaving), ...(failed > 0 ? [`⚠ ${count(failed, 'failed reload')}`] : [])],
  }
}

async function connectionsOf(host: Host, masterSocket: string, pid: number): Promise<number> {
  const [answer = ''] = await ask(host, masterSocket, [toWorker(pid, showInfo())])
  return parseInfo(answer).connections
}

/** `1 old worker (3 connections, 26 m)`: what keeps them, and since when the oldest runs. */
function oldWorkers(leaving: readonly { readonly uptimeSeconds: number; readonly connections?: number }[]): string[] {
  if (leaving.length === 0) return []
  const oldest = Math.max(...leaving.map(({ uptimeSeconds }) => uptimeSeconds))
  const connections = leaving.reduce((sum, worker) => sum + (worker.connections ?? 0), 0)
  const held = leaving.every((worker) => worker.connections !== undefined)
    ? `${count(connections, 'connection')}, `
    : ''
  return [`${count(leaving.length, 'old worker')} (${held}${formatDuration(oldest * 1000)})`]
}

function nginxStatus(picture: NginxPicture): DaemonStatus {
  const phase = nginxPhase(picture)
  const lost = orphans(picture).length
  const strays = lost > 0 ? [`⚠ ${count(lost, 'worker')} without a master`] : []
  if (phase.phase === 'none') return { name: 'nginx', ...notRunning, notes: strays }
  if (phase.phase === 'several')
    return { ...running(picture, phase.masters[0], []), notes: [`⚠ ${phase.masters.length} masters`, ...strays] }
  if (phase.phase === 'single') return running(picture, phase.master, strays)
  // Whoever answers is shown: the old master has no workers by then.
  const serves = phase.phase === 'winched' || phase.phase === 'old-lingers' ? phase.fresh : phase.old
  return running(picture, serves, [`⚠ ${underWay[phase.phase]}`, ...strays])
}

/** What a half upgrade means for whoever looks, by its phase. */
const underWay = {
  starting: 'an upgrade is under way: the new master starts',
  'both-accept': 'an upgrade is half done: old and new workers both serve',
  winched: 'the old master is still there for the way back: an upgrade goes on, or is half done',
  'old-lingers': 'an upgrade is all but done: the old master waits for its last connections',
} as const

function running(picture: NginxPicture, master: NginxMaster | undefined, notes: readonly string[]): DaemonStatus {
  if (!master) return { name: 'nginx', ...notRunning, notes }
  const leaving = leavingWorkers(picture, master).length
  return {
    name: 'nginx',
    version: master.version?.text ?? 'unknown',
    pid: master.pid,
    upSeconds: Math.max(0, Math.round(picture.uptime - master.startTicks / 100)),
    notes: [
      count(acceptingWorkers(picture, master).length, 'worker'),
      ...(leaving > 0 ? [`${leaving} leaving`] : []),
      ...(stale(picture, master) ? [`⚠ runs a deleted ${master.exe}`] : []),
      ...notes,
    ],
  }
}

async function keepalivedStatus(host: Host, unit: string): Promise<DaemonStatus> {
  const { running: runs, pid, version } = await keepalivedDaemon(host, unit)
  if (!runs || pid === undefined) return { name: 'keepalived', ...notRunning, notes: [] }
  return { name: 'keepalived', version: version ?? 'unknown', pid, notes: [] }
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

/** Its file has gone: not where the very same file lies at that path again, after an upgrade was put back. */
function stale({ binaries }: NginxPicture, { exeDeleted, exeInode }: NginxMaster): boolean {
  return exeDeleted && !binaries.some(({ inode }) => inode === exeInode)
}
