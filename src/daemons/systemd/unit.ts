/** What systemd believes of one unit. A type, not an interface, so that it may be journaled (Json). */
export type UnitFacts = {
  /** `nginx.service`. */
  readonly id: string
  /** False when systemd has no such unit, or the host has no systemd. */
  readonly loaded: boolean
  /** `forking`, `simple`, `notify`…; empty when not loaded. */
  readonly type: string
  /** Empty when the unit has none: then systemd kills the new master when the old exits (TRAPS: nginx). */
  readonly pidFile: string
  /** Null when systemd knows of no main process. */
  readonly mainPid: number | null
  readonly activeState: string
  readonly subState: string
  readonly result: string
  readonly controlGroup: string
  /** The binary that `systemctl start` would run; null when there is none. */
  readonly execPath: string | null
  /** As systemd prints it: arguments joined by blanks, no quotes. */
  readonly execLine: string | null
  readonly killMode: string
  /** `no`, `on-failure`, `always`…: who would start the daemon again behind zdt's back. */
  readonly restart: string
  readonly restarts: number
  /** The unit file was changed on disk and systemd has not read it yet. */
  readonly needsDaemonReload: boolean
}

const properties =
  'Id,LoadState,ActiveState,SubState,Type,PIDFile,MainPID,ExecStart,ControlGroup,KillMode,Restart,NRestarts,Result,NeedDaemonReload'

/** What a unit is and does: `systemctl show` (systemctl(1)); exits 0 for an unknown unit too, so read `loaded`. */
export function showUnit(unit: string): string[] {
  return ['systemctl', 'show', '--no-pager', '-p', properties, '--', unit]
}

/** Does systemd have its main process? It is told at once when that ends; a look at /proc may miss one on a busy host. */
export function isRunning({ activeState, mainPid }: UnitFacts): boolean {
  return activeState === 'active' && mainPid !== null
}

/** Reads the answer of `showUnit`: `Key=value` lines in any order; lines that are none are passed over. */
export function parseUnit(answer: string): UnitFacts {
  const found = new Map<string, string>()
  for (const line of answer.split('\n')) {
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) found.set(key, value)
  }
  const text = (key: string) => found.get(key) ?? ''
  const mainPid = Number(text('MainPID'))
  const [, execPath = null, execLine = null] =
    /^\{ path=(.*?) ; argv\[\]=(.*?) ; ignore_errors=/.exec(text('ExecStart')) ?? []
  return {
    id: text('Id'),
    loaded: text('LoadState') === 'loaded',
    type: text('LoadState') === 'loaded' ? text('Type') : '',
    pidFile: text('PIDFile'),
    mainPid: mainPid > 0 ? mainPid : null,
    activeState: text('ActiveState'),
    subState: text('SubState'),
    result: text('Result'),
    controlGroup: text('ControlGroup'),
    execPath,
    execLine,
    killMode: text('KillMode'),
    restart: text('Restart'),
    restarts: Number(text('NRestarts')) || 0,
    needsDaemonReload: text('NeedDaemonReload') === 'yes',
  }
}
