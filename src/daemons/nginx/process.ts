import type { ProcessId } from '../signal-process.ts'

/** What a process of nginx is, by its title; `starting` has been started by a master and has no title yet. */
export type NginxRole = 'master' | 'worker' | 'worker-leaving' | 'helper' | 'starting'

/** One process of nginx on this host. Types, not interfaces, so that a picture may be journaled (Json). */
export type NginxProcess = ProcessId & {
  readonly ppid: number
  readonly role: NginxRole
  readonly title: string
  /** Numeric user id that it runs as. */
  readonly uid: number
  /** The file that it was started from, without ` (deleted)`. */
  readonly exe: string
  /** That file is no longer at that path: replaced or removed. */
  readonly exeDeleted: boolean
  /** `DEVICE:INODE` of the code that runs. */
  readonly exeInode: string
  /** Of systemd: `/system.slice/nginx.service`; empty when it cannot be told. */
  readonly cgroup: string
  readonly cwd: string
  /** It sees another root folder than the host (chroot, RootDirectory=). */
  readonly ownRoot: boolean
}

const titles: readonly (readonly [RegExp, NginxRole])[] = [
  [/^nginx: master process /, 'master'],
  [/^nginx: worker process is shutting down$/, 'worker-leaving'],
  [/^nginx: worker process$/, 'worker'],
  [/^nginx: /, 'helper'],
]

/** The role that a title tells (ngx_setproctitle): cache manager, cache loader and privileged agent are helpers. */
export function roleOf(title: string): NginxRole | undefined {
  return titles.find(([pattern]) => pattern.test(title.trimEnd()))?.[1]
}

/** systemd's own tree is the unified one, which comes last, or where that is unused (`/`) the one named systemd. */
function cgroupOf(body: readonly string[]): string {
  const paths = body.filter((line) => line.startsWith('cgroup ')).map((line) => line.slice(7))
  return paths.findLast((path) => path !== '/') ?? ''
}

/**
 * Reads one `@process` block of the picture. Undefined when the process went away while it was looked at.
 * `hostRoot` is the `DEVICE:INODE` of the host's root folder.
 */
export function parseProcess(body: readonly string[], hostRoot: string): NginxProcess | undefined {
  const value = (key: string) => body.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  // The second field is a name in brackets which may hold blanks and brackets: count from the last one.
  const [, pid, rest = ''] = /^(\d+) \(.*\) (.*)$/s.exec(value('stat')) ?? []
  const fields = rest.split(' ')
  const exe = value('exe')
  if (pid === undefined || exe === '' || fields[0] === 'Z') return undefined
  const args = body.filter((line) => line.startsWith('arg ')).map((line) => line.slice(4))
  const title = args.join(' ').trim()
  return {
    pid: Number(pid),
    ppid: Number(fields[1]),
    startTicks: Number(fields[19]),
    role: roleOf(title) ?? 'starting',
    title,
    uid: Number(value('uid')),
    exe: exe.replace(/ \(deleted\)$/, ''),
    exeDeleted: exe.endsWith(' (deleted)'),
    exeInode: value('inode'),
    cgroup: cgroupOf(body),
    cwd: value('cwd'),
    ownRoot: value('root') !== hostRoot,
  }
}
