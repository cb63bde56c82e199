import { nodeOf } from '../../daemons/keepalived/node.ts'
import { whoIsAt } from '../../daemons/linux/connections.ts'
import { handOffEnds } from '../../daemons/linux/hand-off-ends.ts'
import { interfacesOf } from '../../daemons/linux/interfaces.ts'
import { passOnActive } from '../../daemons/linux/pass-on-table.ts'
import { placeOn, whoAnswers } from '../../daemons/linux/segment.ts'
import { asZdtError, told } from '../../engine/told.ts'
import type { Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'
import { troublesOf } from './troubles.ts'
import type { SegmentAnswer, VipNode, VipQuestion, VipReport, VipState } from './vip-report.ts'

/** Looks at a VIP on every one of its nodes, and from the segment. A node that cannot be asked is part of what is seen. */
export async function lookAtVip(hosts: Pick<Hosts, 'on'>, vip: VipQuestion): Promise<VipReport> {
  const at = Date.now()
  const [nodes, heard] = await Promise.all([
    Promise.all(vip.hosts.map((host) => lookAtNode(hosts, vip, host))),
    // A host that holds the VIP does not hear itself; one that is elsewhere or down hears nothing.
    Promise.all([...vip.hosts, ...vip.witnesses].map((host) => askSegment(hosts, host, vip.address))),
  ])
  const whose = new Map(nodes.flatMap((node) => (node.error || !node.mac ? [] : [[node.mac, node.host] as const])))
  const segment: SegmentAnswer[] = heard
    .filter((one) => one !== undefined)
    .map(({ observer, macs, error }) => ({
      observer,
      answers: macs.map((mac) => {
        const host = whose.get(mac)
        return { mac, ...(host && { host }) }
      }),
      ...(error && { error }),
    }))
  const holders = nodes.filter((node) => !node.error && node.heldBy !== null).map(({ host }) => host)
  const { name, address, prefix } = vip
  const seen = { name, address, prefix, state: stateOf(nodes, holders.length), holders, nodes, segment }
  return { ...seen, troubles: troublesOf(seen), at, took: Date.now() - at }
}

function stateOf(nodes: readonly VipNode[], holders: number): VipState {
  if (holders > 1) return 'split brain'
  if (nodes.some(({ error }) => error !== undefined)) return 'unknown'
  return holders === 1 ? 'held' : 'none'
}

async function lookAtNode(hosts: Pick<Hosts, 'on'>, { address, unit }: VipQuestion, name: HostName): Promise<VipNode> {
  try {
    const host = await hosts.on(name)
    const [interfaces, node, peers, handOff] = await Promise.all([
      interfacesOf(host),
      nodeOf(host, { address, unit }),
      whoIsAt(host, address),
      passOnActive(host, address),
    ])
    const place = interfaces.find((one) => one.name === (node.heldBy ?? node.instance?.device))
    const here = place && { device: place.name, mac: place.mac }
    const ends = handOff ? await handOffEnds(host, address) : undefined
    const lasts = ends === undefined ? {} : { handOffEnds: ends }
    return { host: name, ...node, ...here, connections: peers.length, handOff, ...lasts }
  } catch (thrown) {
    return { host: name, error: told(asZdtError(thrown, name)) }
  }
}

async function askSegment(hosts: Pick<Hosts, 'on'>, name: HostName, address: string) {
  try {
    const host = await hosts.on(name)
    const place = await placeOn(host, address)
    return place && { observer: name, macs: await whoAnswers(host, place, address) }
  } catch (thrown) {
    // Of a node that cannot be reached its own row tells already.
    const error = asZdtError(thrown, name)
    return error.code === 'segment-unknown' ? { observer: name, macs: [], error: told(error) } : undefined
  }
}
