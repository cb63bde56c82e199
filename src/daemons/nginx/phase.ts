import type { NginxMaster, NginxPicture } from './picture.ts'
import type { NginxProcess } from './process.ts'

/**
 * Where an upgrade of nginx's binary stands, told by the processes alone (nginx.org/en/docs/control.html, TRAPS: nginx).
 * `old` and `fresh` are the masters before and after; `young` has been started and does not serve yet.
 */
export type NginxPhase =
  | { readonly phase: 'none' }
  /** One master. Phase 0 of an upgrade, or phase 4. */
  | { readonly phase: 'single'; readonly master: NginxMaster }
  /** USR2 was taken; the new program reads its configuration or waits for an address (up to 2.5 s). */
  | { readonly phase: 'starting'; readonly old: NginxMaster; readonly young: NginxProcess }
  /** Phase 1: both accept. Way back: QUIT fresh. HUP old would double its workers. */
  | { readonly phase: 'both-accept'; readonly old: NginxMaster; readonly fresh: NginxMaster }
  /** Phase 2: old got WINCH and still holds its sockets. Way back: HUP old, then QUIT fresh. */
  | { readonly phase: 'winched'; readonly old: NginxMaster; readonly fresh: NginxMaster }
  /** Phase 3: old got QUIT, has closed its sockets and waits for its last connections. No way back yet. */
  | { readonly phase: 'old-lingers'; readonly old: NginxMaster; readonly fresh: NginxMaster }
  /** Masters that are not parent and child. */
  | { readonly phase: 'several'; readonly masters: readonly NginxMaster[] }

/** The workers of `master` that take new connections. */
export function acceptingWorkers({ others }: NginxPicture, master: { readonly pid: number }): NginxProcess[] {
  return others.filter(({ ppid, role }) => ppid === master.pid && role === 'worker')
}

/** The workers of `master` that only serve the connections they still have. */
export function leavingWorkers({ others }: NginxPicture, master: { readonly pid: number }): NginxProcess[] {
  return others.filter(({ ppid, role }) => ppid === master.pid && role === 'worker-leaving')
}

/**
 * Workers whose master is gone. Those that are not leaving go on accepting, with whatever code and configuration they
 * had: what kill -9 of a master leaves (TRAPS, case 14).
 */
export function orphans({ masters, others }: NginxPicture): NginxProcess[] {
  const pids = new Set(masters.map(({ pid }) => pid))
  return others.filter(({ ppid, role }) => role !== 'starting' && !pids.has(ppid))
}

/** Those of them that stay until they are told to go: workers that accept, and what looks after a cache. */
export function abandoned(picture: NginxPicture): NginxProcess[] {
  return orphans(picture).filter(({ role }) => role !== 'worker-leaving')
}

/** The pid file that `master` goes by and what is in it: null when there is no such file. */
export function pidFileOf({ pidFiles, unit }: NginxPicture, master: NginxMaster): { path: string; pid: number | null } {
  const configured = master.settings?.pidFile ?? unit.pidFile
  // A `pid` deep in an include is not seen: then the unit's is the one, if it is there.
  const path = !(configured in pidFiles) && unit.pidFile in pidFiles ? unit.pidFile : configured
  const content = pidFiles[path]
  return { path, pid: content !== undefined && /^\d+$/.test(content) ? Number(content) : null }
}

function pair(picture: NginxPicture, old: NginxMaster, fresh: NginxMaster): NginxPhase {
  const serves = acceptingWorkers(picture, fresh).length > 0
  // A worker bears its master's title for a moment after fork, before it writes its own.
  if (!serves && leavingWorkers(picture, fresh).length === 0) return { phase: 'starting', old, young: fresh }
  if (acceptingWorkers(picture, old).length > 0) return { phase: 'both-accept', old, fresh }
  return { phase: old.listeners.length > 0 ? 'winched' : 'old-lingers', old, fresh }
}

/** Tells the phase of the unit's nginx. One picture may catch a fork half-way: look again before acting on `starting`. */
export function nginxPhase(picture: NginxPicture): NginxPhase {
  const [old, fresh, ...more] = picture.masters
  if (old === undefined) return { phase: 'none' }
  if (fresh === undefined) {
    const young = picture.others.find(({ role, ppid }) => role === 'starting' && ppid === old.pid)
    return young === undefined ? { phase: 'single', master: old } : { phase: 'starting', old, young }
  }
  if (more.length > 0) return { phase: 'several', masters: picture.masters }
  if (fresh.ppid === old.pid) return pair(picture, old, fresh)
  if (old.ppid === fresh.pid) return pair(picture, fresh, old)
  return { phase: 'several', masters: picture.masters }
}
