import type { Host, RunOptions } from '../../hosts/host.ts'
import { isRunning } from '../systemd/unit.ts'
import { failed, orderBySignal, pending, took, type Reloaded, type ReloadRefusal } from '../reload.ts'
import type { LogLine } from './log-lines.ts'
import { readNginxLog, type LogMark } from './log.ts'
import { acceptingWorkers, nginxPhase } from './phase.ts'
import { nginxPicture, type NginxMaster, type NginxPicture } from './picture.ts'
import { preflight } from './preflight.ts'
import type { RefusalCode } from './refusal.ts'

/** nginx on one host, and its error log since an earlier look. Plain data: it may be journaled and shown. */
export type NginxRunning = {
  readonly picture: NginxPicture
  /** Where its error log ended; null where it is no file. */
  readonly log: LogMark | null
  /** What was logged since the other look. */
  readonly lines: readonly LogLine[]
}

/**
 * Looks at nginx and at its error log, where alone it says that it could not bind (TRAPS: Reload); `since`: an earlier
 * look, from which on the log is read. Throws what `nginxPicture` throws.
 */
export async function nginxRunning(
  host: Host,
  unit: string,
  { since, ...options }: Omit<RunOptions, 'as' | 'input'> & { readonly since?: NginxRunning | undefined } = {},
): Promise<NginxRunning> {
  const picture = await nginxPicture(host, unit, options)
  const path = since?.log?.path ?? picture.masters[0]?.settings?.errorLog ?? null
  if (path === null) return { picture, log: null, lines: [] }
  const { mark, lines } = await readNginxLog(host, path, since?.log ?? undefined, options)
  return { picture, log: mark, lines }
}

/** What stands in the way of an upgrade and not of a reload: HUP needs neither argv[0] nor systemd. */
const harmless = new Set<RefusalCode>([
  ...(['daemon-off', 'bare-argv0', 'relative-argv0', 'binary-not-writable', 'not-by-systemd'] as const),
  ...([
    'unit-not-forking',
    'unit-without-pidfile',
    'unit-other-pidfile',
    'unit-other-main-pid',
    'oldbin-left',
  ] as const),
  // A good configuration brings them back.
  'no-workers',
])

/** Every reason why nginx must not be reloaded as it runs now, worst first; none means go. Pure. */
export function refuseNginxReload({ picture }: Pick<NginxRunning, 'picture'>): ReloadRefusal[] {
  return preflight(picture).filter(({ code }) => !harmless.has(code))
}

function masterOf(picture: NginxPicture): NginxMaster | undefined {
  const found = nginxPhase(picture)
  return found.phase === 'single' ? found.master : undefined
}

/** Orders a reload: HUP to the master itself; `nginx -s reload` reads the pid file, which may name another. */
export async function orderNginxReload(
  host: Host,
  { picture }: Pick<NginxRunning, 'picture'>,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<void> {
  await orderBySignal(host, 'HUP', masterOf(picture) ?? { pid: 0, startTicks: 0 }, options)
}

/** Worse than an error of one connection: the configuration was refused, or a worker cannot live with it. */
function fatal({ level, text }: LogLine): boolean {
  return level === 'emerg' || (level === 'alert' && /exited (with fatal code|on signal)|cannot be respawned/.test(text))
}

/** An address in use is tried five times in 2.5 s, each logged; the reload has failed only once it says so. */
function stillTrying(lines: readonly LogLine[], { text }: LogLine): boolean {
  return (
    /^bind\(\) .*Address already in use/.test(text) &&
    !lines.some((line) => line.text.startsWith('still could not bind'))
  )
}

/** How long the new workers must have lived (TRAPS: Reload). */
const steady = 1

/**
 * Has the reload ordered after `before` taken? Never by an exit code: the same master, as many new workers as are configured,
 * alive for a second, none of the old ones accepting, and nothing fatal logged. `now` is a look `since: before`. Pure.
 */
export function nginxReloadTook(before: NginxRunning, now: NginxRunning): Reloaded {
  const trying = now.lines.filter((line) => stillTrying(now.lines, line)).map(({ text }) => text)
  const said = now.lines
    .filter((line) => fatal(line) && !trying.includes(line.text))
    .map(({ level, text }) => `[${level}] ${text}`)
  const { unit } = now.picture
  const status = `systemctl status ${unit.id}`
  const [was, master] = [masterOf(before.picture), masterOf(now.picture)]
  if (master === undefined) {
    const phase = nginxPhase(now.picture).phase
    if (phase === 'none' && isRunning(unit)) return pending(`a sight of nginx, which systemd has as ${unit.mainPid}`)
    return failed(
      phase === 'none' ? `nginx is gone: ${unit.id} is ${unit.activeState}` : `an upgrade is under way (${phase})`,
      said,
      status,
    )
  }
  if (master.pid !== was?.pid || master.startTicks !== was.startTicks)
    return failed(`nginx was restarted: master ${master.pid}, was ${was?.pid ?? 'none'}`, said, status)
  const known = new Set(before.picture.others.map(({ pid }) => pid))
  const workers = acceptingWorkers(now.picture, master)
  const fresh = workers.filter(({ pid }) => !known.has(pid))
  const old = workers.length - fresh.length
  if (said.length > 0) {
    const kept = old > 0 ? 'goes on with the configuration before' : 'is left without workers that live'
    return failed(`nginx could not take the configuration and ${kept}`, said)
  }
  if (fresh.length === 0) return pending(trying.at(-1) ?? (old > 0 ? 'new workers' : 'workers'))
  const wanted = master.settings?.workers ?? fresh.length
  const age = now.picture.uptime - Math.max(...fresh.map(({ startTicks }) => startTicks)) / 100
  if (age < steady) return pending(`the new workers to have lived for ${steady} s`)
  if (old > 0 || fresh.length > wanted) {
    const why = `the master adds workers without reading its configuration: ${old} old and ${fresh.length} new ones accept, ${wanted} are configured`
    const pidFile = master.settings?.pidFile ?? '/run/nginx.pid'
    return failed(
      why,
      said,
      `echo ${master.pid} > ${pidFile}; kill -USR2 ${master.pid}; kill -QUIT the new master; kill -HUP ${master.pid}`,
    )
  }
  return fresh.length < wanted ? pending(`${wanted - fresh.length} more workers`) : took
}
