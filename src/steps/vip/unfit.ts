import { servers } from '../../daemons/haproxy/servers.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import { listensAt } from '../../daemons/linux/listeners.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'
import type { VipReport } from './vip-report.ts'

/** Who is to give a VIP to whom, and by which sockets the HAProxy of both is asked. */
export type Move = {
  readonly from: HostName
  readonly to: HostName
  /** HAProxy's runtime sockets, of the groups that run on both. */
  readonly sockets: readonly string[]
  /** All that moves: the VIP's own address, and those that go with it. */
  readonly addresses: readonly string[]
}

/** Why a host is not fit to take a VIP over, by its own view; nothing when it is. Throws what asking throws. */
export async function unfit(hosts: Pick<Hosts, 'on'>, report: VipReport, move: Move): Promise<string[]> {
  const own = unfitByVrrp(report, move)
  // Whoever is not asked about the VIP itself need not be asked about the rest.
  return own.length > 0 ? own : unfitToServe(hosts, move)
}

/** As far as VRRP goes: troubles of the VIP itself count. Pure. */
export function unfitByVrrp(report: VipReport, { from, to }: Pick<Move, 'from' | 'to'>): string[] {
  return [...whetherHeld(report, from), ...report.troubles, ...asBackup(report, to)]
}

/** What the holder serves must be served by the other as well. Throws what asking throws. */
export async function unfitToServe(hosts: Pick<Hosts, 'on'>, move: Move): Promise<string[]> {
  const [giver, taker] = await Promise.all([hosts.on(move.from), hosts.on(move.to)])
  const reasons = await Promise.all([
    ...move.addresses.map((address) => missingPorts(giver, taker, address)),
    ...move.sockets.map((socket) => worseServers(giver, taker, socket)),
  ])
  return reasons.flat()
}

function whetherHeld({ state, holders, address }: VipReport, from: HostName): string[] {
  return state === 'held' && !holders.includes(from) ? [`${holders.join()} holds ${address}, not ${from}`] : []
}

function asBackup({ nodes }: VipReport, to: HostName): string[] {
  const node = nodes.find(({ host }) => host === to)
  if (!node || node.error || !node.instance) return []
  const { state, master } = node.instance
  if (state !== 'BACKUP') return [`${to}: Keepalived is ${state}, not BACKUP`]
  return master ? [] : [`${to} has heard no advert`]
}

async function missingPorts(giver: Host, taker: Host, address: string): Promise<string[]> {
  const [given, taken] = await Promise.all([listensAt(giver, address), listensAt(taker, address)])
  const missing = given.filter((port) => !taken.includes(port))
  return missing.length > 0 ? [`nothing listens for ${address} on ${taker.name} at port ${missing.join(', ')}`] : []
}

/** Servers that the holder's HAProxy would use and the other's would not, or that an operator has set differently. */
async function worseServers(giver: Host, taker: Host, socket: string): Promise<string[]> {
  const [given, taken] = await Promise.all([servers(giver, socket), servers(taker, socket)])
  return given.servers.flatMap((one) => {
    const other = taken.servers.find(({ backend, server }) => backend === one.backend && server === one.server)
    const name = `${one.backend}/${one.server}`
    if (!other) return [`${name} is not in the HAProxy of ${taker.name}`]
    const same = one.admin === other.admin && (one.op === other.op || one.op !== 'running')
    return same ? [] : [`${name} is ${words(one)} on ${giver.name}, ${words(other)} on ${taker.name}`]
  })
}

function words({ admin, op }: ServerView): string {
  return admin === 'ready' ? (op === 'running' ? 'up' : op) : admin
}
