import { readFile } from 'node:fs/promises'
import { cgroupOf, leaderOf } from './cgroup.ts'
import type { LabPaths } from './paths.ts'
import type { LabHost } from './shape.ts'

/** What can be seen of a host from outside of it, through the /proc of its first process. */
export interface HostSight {
  /** The host's first process, as this machine numbers it. */
  readonly leader: number
  /** The TCP ports something listens on. */
  readonly ports: ReadonlySet<number>
  /** The IPv4 addresses it has. */
  readonly addresses: ReadonlySet<string>
}

/** Looks at a host; undefined when it is not running. */
export async function look(lab: LabPaths, host: LabHost): Promise<HostSight | undefined> {
  const leader = await leaderOf(cgroupOf(lab.cgroupName, host.name))
  if (leader === undefined) return undefined
  try {
    const net = `/proc/${leader}/net`
    const tcp = (await readFile(`${net}/tcp`, 'utf8')) + (await readFile(`${net}/tcp6`, 'utf8').catch(() => ''))
    const trie = await readFile(`${net}/fib_trie`, 'utf8')
    return { leader, ports: listening(tcp), addresses: localAddresses(trie) }
  } catch {
    // It ended while we looked.
    return undefined
  }
}

/** The ports in state LISTEN of a /proc/net/tcp. */
export function listening(tcp: string): Set<number> {
  const ports = [...tcp.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /gm)]
  return new Set(ports.map(([, port = '']) => Number.parseInt(port, 16)))
}

/** The host's own addresses in a /proc/net/fib_trie. */
export function localAddresses(trie: string): Set<string> {
  const found = [...trie.matchAll(/\|-- ([\d.]+)\n\s+\/32 host LOCAL/g)]
  return new Set(found.map(([, address = '']) => address))
}

/** Since when a process runs, in milliseconds; undefined when it does not. */
export async function runningFor(pid: number): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    const uptime = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
    return Math.round((uptime - ticks / 100) * 1000)
  } catch {
    return undefined
  }
}
