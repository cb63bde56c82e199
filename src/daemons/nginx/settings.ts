import type { NginxArgv } from './argv.ts'
import { mainDirectives } from './main-directives.ts'

/** What zdt must know of a configuration's main context. Paths are absolute. */
export type NginxSettings = {
  readonly prefix: string
  /** The main configuration file. */
  readonly config: string
  /** The pid file; `.oldbin` is added to it during an upgrade. */
  readonly pidFile: string
  /** Null when it goes to stderr, syslog or memory, where no file can be read. */
  readonly errorLog: string | null
  /** `daemon off` ignores USR2 (TRAPS: nginx). */
  readonly daemon: boolean
  /** `master_process off` has no graceful reload (TRAPS: nginx). */
  readonly masterProcess: boolean
  /** `auto` is as many as the host has processors. */
  readonly workers: number
  readonly user: string | null
}

/** What the binary was built with, as `-V` says: `--pid-path=…` → `pid-path`. */
export function parseBuilt(said: string): ReadonlyMap<string, string> {
  const [, line = ''] = /^configure arguments: (.*)$/m.exec(said) ?? []
  const built = new Map<string, string>()
  for (const [, name = '', quoted, bare] of line.matchAll(/--([\w-]+)(?:='([^']*)'|=(\S+))?/g)) {
    built.set(name, quoted ?? bare ?? '')
  }
  return built
}

/** What a master's settings are read from. */
export interface Configured {
  /** Of the main configuration file. */
  readonly path: string
  /** Of that file and of those that its main context includes, in any order. */
  readonly texts: readonly string[]
  /** What its program answers to `-V`. */
  readonly said: string
  /** Of the host, online: what `worker_processes auto` means. */
  readonly processors: number
}

/**
 * The settings a master goes by. Later sources lose: its own `-g`, the configuration (main context of the
 * main file and of what it includes at the margin), what it was built with, nginx's defaults.
 */
export function settingsOf(argv: NginxArgv, { path, texts, said, processors }: Configured): NginxSettings {
  const built = parseBuilt(said)
  const prefix = (argv.prefix ?? built.get('prefix') ?? '/usr/local/nginx').replace(/(.)\/+$/, '$1')
  const under = (path: string) => (path.startsWith('/') ? path : `${prefix}/${path}`)
  const directives = [...mainDirectives(`${argv.globals ?? ''};`), ...texts.flatMap(mainDirectives)]
  const value = (name: string) => directives.find((directive) => directive.name === name)?.args[0]
  const workers = Number(value('worker_processes') ?? '1')
  const log = value('error_log') ?? argv.errorLog ?? built.get('error-log-path') ?? 'logs/error.log'
  return {
    prefix,
    config: path,
    pidFile: under(value('pid') ?? built.get('pid-path') ?? 'logs/nginx.pid'),
    errorLog: log === 'stderr' || /^(syslog|memory):/.test(log) ? null : under(log),
    daemon: value('daemon') !== 'off',
    masterProcess: value('master_process') !== 'off',
    workers: Number.isInteger(workers) ? workers : processors,
    user: value('user') ?? built.get('user') ?? null,
  }
}
