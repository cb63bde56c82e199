import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { NoLabHere } from './errors.ts'

const programs = ['systemd-nspawn', 'ip', 'nsenter', 'flock', 'mount', 'umount', 'ssh', 'ssh-keygen', 'debootstrap']

/** Why this machine cannot have a lab; undefined when it can. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root'
  if (!has(adminCapabilities)) return 'it needs to mount and to make networks, which root may not do here'
  const missing = programs.filter((program) => !isOnPath(program))
  return missing.length > 0 ? `${missing.join(', ')} not found (npm run setup installs what is missing)` : undefined
}

/** CAP_NET_ADMIN and CAP_SYS_ADMIN: the root of most containers has neither. */
const adminCapabilities = (1n << 12n) | (1n << 21n)

function has(capabilities: bigint): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${effective}`) & capabilities) === capabilities
}

/** Throws when this machine cannot have a lab. */
export function refuseWithoutLab(): void {
  const why = whyNoLab()
  if (why !== undefined) throw new NoLabHere(why)
}

/** Whether a program can be run by its name. */
export function isOnPath(program: string): boolean {
  const dirs = (process.env['PATH'] ?? '').split(delimiter)
  return dirs.some((dir) => dir !== '' && existsSync(join(dir, program)))
}
