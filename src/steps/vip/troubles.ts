import type { Instance } from '../../daemons/keepalived/parse-dump.ts'
import { sameAddress } from '../../daemons/linux/ip.ts'
import type { HostName } from '../../lib/types.ts'
import type { VipReport } from './vip-report.ts'

type Seen = Omit<VipReport, 'troubles' | 'at' | 'took'>
type Known = { readonly host: HostName; readonly instance: Instance }

/** What is wrong with a VIP, one sentence each, the worst first. Pure. */
export function troublesOf(seen: Seen): string[] {
  return [...whoAnswers(seen), ...daemons(seen), ...configurations(instancesOf(seen))]
}

/** The same, but only of who holds it, and of what the segment hears. */
export function whoAnswers(seen: Omit<Seen, 'troubles'>): string[] {
  return [...whoHolds(seen), ...onTheSegment(seen)]
}

/** Each node's own instance of the VIP. */
export function instancesOf({ nodes }: Pick<Seen, 'nodes'>): Known[] {
  return nodes.flatMap((node) => (node.error || !node.instance ? [] : [{ host: node.host, instance: node.instance }]))
}

function whoHolds({ state, holders, address, nodes }: Seen): string[] {
  if (state === 'split brain') return [`split brain: ${holders.join(' and ')} hold ${address}`]
  if (state === 'none') return [`nobody holds ${address}`]
  return nodes.flatMap((node) => (node.error ? [`${node.host} cannot be asked: ${node.error.message}`] : []))
}

/** The segment must hear the holder, and nobody else. */
function onTheSegment({ segment, holders, address }: Seen): string[] {
  return segment.flatMap(({ observer, answers, error }) => {
    if (error) return [`${observer} cannot ask the segment: ${error.message}`]
    if (answers.length > 1) {
      return [`${observer} hears several answers for ${address}: ${answers.map(whose).join(', ')}`]
    }
    const [answer] = answers
    const [holder, ...more] = holders
    if (holder === undefined || more.length > 0 || holder === observer) return []
    if (answer === undefined) return [`${observer} hears no answer for ${address}`]
    return answer.host === holder ? [] : [`${observer} hears ${whose(answer)} for ${address}, not ${holder}`]
  })
}

function whose({ mac, host }: { readonly mac: string; readonly host?: HostName }): string {
  return host ?? mac
}

function daemons({ nodes, address }: Seen): string[] {
  return nodes.flatMap((node) => {
    if (node.error) return []
    const { host, keepalived, instance, heldBy } = node
    if (keepalived === 'stopped')
      return [`${host} runs no Keepalived${heldBy ? ', and holds the VIP all the same' : ''}`]
    if (keepalived === 'silent') return [`${host}: Keepalived runs, but does not tell its state`]
    if (!instance) return [`${host}: Keepalived has no instance with ${address}`]
    const { state } = instance
    if ((state === 'MASTER') === (heldBy !== null)) return state === 'FAULT' ? [`${host}: Keepalived is in FAULT`] : []
    return [`${host}: Keepalived says ${state}, but the host ${heldBy ? 'holds' : 'does not hold'} the VIP`]
  })
}

/** What must be equal on all nodes. VIP lists that differ make two masters (TRAPS: Keepalived). */
function configurations([first, ...others]: readonly Known[]): string[] {
  if (!first) return []
  return others.flatMap(({ host, instance }) => {
    const differ = (what: string, one: string | number, other: string | number) =>
      one === other ? [] : [`${what} differs: ${one} on ${first.host}, ${other} on ${host}`]
    const extra = unlike(first.instance.addresses, instance.addresses)
    return [
      ...(extra.length > 0 ? [`the VIP lists of ${first.host} and ${host} differ in ${extra.join(', ')}`] : []),
      ...differ('virtual_router_id', first.instance.routerId, instance.routerId),
      ...differ('advert_int', `${first.instance.advertMs} ms`, `${instance.advertMs} ms`),
      ...differ('the VRRP version', first.instance.version, instance.version),
    ]
  })
}

/** Addresses that only one of the lists has. */
function unlike(one: readonly string[], other: readonly string[]): string[] {
  return [...missing(one, other), ...missing(other, one)]
}

function missing(from: readonly string[], at: readonly string[]): string[] {
  return from.filter((address) => !at.some((known) => sameAddress(known, address)))
}
