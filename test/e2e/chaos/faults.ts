import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cgroupOf, leaderOf } from '../../../src/lab/cgroup.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'
import { hosts } from './world.ts'

/**
 * What happens to a run. `network`: the host cannot be reached by ssh for a while; its daemons can. `second`: another zdt
 * wants the same.
 */
export const faults = ['kill', 'cut', 'network', 'second'] as const
export type Fault = (typeof faults)[number]

/** Ends every ssh session on the hosts, as a firewall that forgets its connections does. */
export async function cutConnections(lab: Lab): Promise<void> {
  await Promise.all(hosts.map((host) => fromOutside(lab, host, 'pkill -KILL -u deploy "^sshd"; true')))
}

/**
 * Drops every packet of ssh to and from a host. The kernel lets them through again by itself when the time is over,
 * whatever became of us; an empty set stays behind, which drops nothing.
 */
export async function dropNetwork(lab: Lab, host: string, seconds: number): Promise<void> {
  await nft(
    lab,
    host,
    `table inet chaos
     delete table inet chaos
     table inet chaos {
       set ports { type inet_service; flags timeout; elements = { 22 timeout ${seconds}s } }
       chain in { type filter hook input priority 0; tcp dport @ports drop; }
       chain out { type filter hook output priority 0; tcp sport @ports drop; }
     }`,
  )
}

/** Lets a host be reached again, should it not be. */
export async function restoreNetwork(lab: Lab, host: string): Promise<void> {
  await nft(lab, host, 'table inet chaos\ndelete table inet chaos')
}

async function nft(lab: Lab, host: string, rules: string): Promise<void> {
  const leader = await leaderOf(cgroupOf(labPaths(lab.name).cgroupName, host))
  const child = spawn('nsenter', [`--net=/proc/${leader}/ns/net`, 'nft', '-f', '-'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  child.stdin.end(rules)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`nft on ${host} ended with ${code}`)
}
