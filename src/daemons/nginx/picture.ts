import { ZdtError } from '../../lib/errors.ts'
import type { Host, RunOptions } from '../../hosts/host.ts'
import type { UnitFacts } from '../systemd/unit.ts'
import type { NginxArgv } from './argv.ts'
import type { Listener } from '../listeners.ts'
import { parsePicture } from './parse-picture.ts'
import { pictureScript } from './picture-script.ts'
import type { NginxProcess } from './process.ts'
import type { NginxSettings } from './settings.ts'
import type { NginxVersion } from './version.ts'

/** A master and what is known of it beyond its process. */
export type NginxMaster = NginxProcess & {
  readonly argv: NginxArgv
  /** Of the code that runs, even when its file is gone. Null when it could not be asked (not root's, or another root). */
  readonly version: NginxVersion | null
  /** What it listens on. A master that got QUIT has closed them all; one that got WINCH has not. */
  readonly listeners: readonly Listener[]
  /** What other processes listen on in the same network, unix sockets of other programs included. */
  readonly taken: readonly Listener[]
  /** From its own options, its configuration as it is on disk now, and what it was built with. */
  readonly settings: NginxSettings | null
}

/** A binary on disk, by the path that a master would execute at USR2, or that the unit starts. */
export type NginxBinary = {
  readonly path: string
  /** Where symbolic links lead; empty when there is no such file. */
  readonly realPath: string
  /** `DEVICE:INODE`, as in `exeInode`; empty when there is no such file. */
  readonly inode: string
  readonly sha256: string
  /** `root:root` is `0:0`. */
  readonly owner: string
  /** Octal, `755`. */
  readonly mode: string
  /** Its real folder lies on a file system that root can write to. */
  readonly folderWritable: boolean
  /** Null when it does not run here: then `said` has the loader's or the kernel's words. */
  readonly version: NginxVersion | null
  readonly said: string
}

/** Everything about nginx on one host at one moment. Plain data: it may be journaled and shown. */
export type NginxPicture = {
  /** The host's clock, milliseconds since 1970. */
  readonly at: number
  /** Seconds since the host booted: a process's age is this minus `startTicks` / 100. */
  readonly uptime: number
  /** Another one after each boot (random(4), boot_id): pids and start times name processes of one boot only. */
  readonly boot: string
  readonly unit: UnitFacts
  /** Oldest first. */
  readonly masters: readonly NginxMaster[]
  /** All other processes of nginx, oldest first. */
  readonly others: readonly NginxProcess[]
  /** The unit's main process when it is no process with a title of nginx: `docker run`, `master_process off`. */
  readonly stranger: NginxProcess | null
  /** Pids and titles of masters outside of the unit: another unit's, a user's own. They do not concern this one. */
  readonly neighbours: readonly string[]
  /** Pids and titles of nginx processes that live in containers on this host: not ours to touch. */
  readonly elsewhere: readonly string[]
  /** Path → content, for each pid file and `.oldbin` that is there; empty content means an empty file. */
  readonly pidFiles: Readonly<Record<string, string>>
  readonly binaries: readonly NginxBinary[]
}

/** The script's answer was cut short or is none: no shell, no /proc, or something else answered. */
export class NginxPictureUnreadable extends ZdtError {
  constructor(host: string, said: string) {
    super(`${host}: cannot tell what nginx does there`, {
      code: 'nginx-picture-unreadable',
      exit: 'refused',
      host,
      said,
      suggestions: [`ssh ${host} ps -ef   # is /proc mounted, and may root look into it?`],
    })
  }
}

/** The command that takes the picture; `unit` empty means the unit that the master runs in, else `nginx.service`. */
export function lookAtNginx(unit = ''): string[] {
  return ['sh', '-c', pictureScript, 'zdt-nginx-picture', unit]
}

/**
 * Looks at everything about nginx on `host` in one round trip, as root, without changing anything.
 * Throws NginxPictureUnreadable, and what Host throws.
 */
export async function nginxPicture(
  host: Host,
  unit?: string,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<NginxPicture> {
  const { stdout, stderr } = await host.run(lookAtNginx(unit), { ...options, as: 'root' })
  const picture = parsePicture(stdout.toString())
  if (picture === undefined) throw new NginxPictureUnreadable(host.name, stderr.toString().trim())
  return picture
}
