import { isIPv6 } from './ip.ts'

/** A link-layer address, `5a:96:76:7b:a2:1b`. */
export type Mac = string

/** EtherTypes of what is sent and heard here. */
export const etherTypes = { arp: '0806', ipv4: '0800', ipv6: '86dd' } as const

/** Who asks, or sends: an interface's own addresses. `address` is of the family of what is asked for. */
export type Asker = { readonly mac: Mac; readonly address: string }

/** Asks the segment who has an address: an ARP request (RFC 826) or a neighbour solicitation (RFC 4861 §4.3). In hex. */
export function whoHas(address: string, asker: Asker): string {
  return isIPv6(address) ? solicitation(address, asker) : arpRequest(address, asker)
}

/**
 * Tells the segment that a MAC has an address now: a gratuitous ARP request (RFC 5227 §3), or an unsolicited neighbour
 * advertisement that overrides what was known (RFC 4861 §7.2.6). In hex.
 */
export function announcement(address: string, mac: Mac): string {
  const own = toHex(address)
  if (!isIPv6(address)) {
    return `ffffffffffff${bare(mac)}${etherTypes.arp}0001080006040001${bare(mac)}${own}000000000000${own}`
  }
  const group = 'ff020000000000000000000000000001'
  const body = `8800000020000000${own}0201${bare(mac)}`
  const sum = checksum(`${own}${group}000000200000003a${body}`)
  const icmp = `${body.slice(0, 4)}${sum}${body.slice(8)}`
  return `333300000001${bare(mac)}${etherTypes.ipv6}6000000000203aff${own}${group}${icmp}`
}

/**
 * The answers to `whoHas` among frames that were heard: every link-layer address that claims the IP address, each once.
 * Two are a split brain as the segment sees it.
 */
export function answersFor(address: string, frames: readonly string[]): Mac[] {
  const wanted = toHex(address)
  const claimed = frames.flatMap((frame) => {
    const mac = isIPv6(address) ? advertised(frame, wanted) : replied(frame, wanted)
    return mac === undefined ? [] : [macOf(mac)]
  })
  return [...new Set(claimed)]
}

/** Addresses of a packet, and what marks it as ours. */
export type TestPacket = {
  readonly from: Mac
  readonly to: Mac
  /** A client that is not on the segment, as most are. */
  readonly source: string
  readonly destination: string
  /** Eight hex digits: its TCP sequence number, by which it is known again. */
  readonly nonce: string
}

/**
 * A packet as the hand-off passes them on: a stranger's source, the VIP for destination, the peer's MAC. It is a RST for no
 * connection, which every stack drops in silence (RFC 9293 §3.10.7).
 */
export function testPacket({ from, to, source, destination, nonce }: TestPacket): string {
  const tcp = `ffff0009${nonce}000000005004000000000000`
  const six = isIPv6(destination)
  const [src, dst] = [toHex(source), toHex(destination)]
  const pseudo = six ? `${src}${dst}0000001400000006` : `${src}${dst}00060014`
  const segment = `${tcp.slice(0, 32)}${checksum(pseudo + tcp)}${tcp.slice(36)}`
  const ether = `${bare(to)}${bare(from)}`
  if (six) return `${ether}${etherTypes.ipv6}6000000000140640${src}${dst}${segment}`
  const header = `450000280000400040060000${src}${dst}`
  return `${ether}${etherTypes.ipv4}${header.slice(0, 20)}${checksum(header)}${header.slice(24)}${segment}`
}

function arpRequest(address: string, { mac, address: own }: Asker): string {
  const sender = `${bare(mac)}${toHex(own)}`
  return `ffffffffffff${bare(mac)}${etherTypes.arp}0001080006040001${sender}000000000000${toHex(address)}`
}

function solicitation(address: string, { mac, address: own }: Asker): string {
  const target = toHex(address)
  const group = `ff0200000000000000000001ff${target.slice(26)}`
  const body = `8700000000000000${target}0101${bare(mac)}`
  const sum = checksum(`${toHex(own)}${group}000000200000003a${body}`)
  const icmp = `${body.slice(0, 4)}${sum}${body.slice(8)}`
  return `3333ff${target.slice(26)}${bare(mac)}${etherTypes.ipv6}6000000000203aff${toHex(own)}${group}${icmp}`
}

/** `sender` of an ARP reply for the address; Ethernet's header is 28 digits. */
function replied(frame: string, wanted: string): string | undefined {
  const [, sender, address] = /^.{24}0806.{8}06040002(.{12})(.{8})/.exec(frame) ?? []
  return address === wanted ? sender : undefined
}

/** The target's link-layer address of a neighbour advertisement (option 2), or the frame's own source. */
function advertised(frame: string, wanted: string): string | undefined {
  const [, source, target, options = ''] = /^.{12}(.{12})86dd.{12}3aff.{64}8800.{4}.{8}(.{32})(.*)$/.exec(frame) ?? []
  return target === wanted ? (/^0201(.{12})/.exec(options)?.[1] ?? source) : undefined
}

const bare = (mac: Mac): string => mac.replaceAll(':', '')

const macOf = (digits: string): Mac => (digits.match(/../g) ?? []).join(':')

const groups = (text: string): string[] => text.split(':').filter(Boolean)

/** An IP address as its bytes in hex. Throws TypeError for what is none. */
export function toHex(address: string): string {
  if (!isIPv6(address))
    return address
      .split('.')
      .map((byte) => Number(byte).toString(16).padStart(2, '0'))
      .join('')
  const full = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [left = '', right] = full.split('::')
  const head = groups(left)
  const tail = right === undefined ? [] : groups(right)
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('')
}

/** The Internet checksum (RFC 1071) of bytes in hex. */
function checksum(hex: string): string {
  let sum = 0
  for (const word of hex.match(/.{4}/g) ?? []) sum += Number.parseInt(word, 16)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return (~sum & 0xffff).toString(16).padStart(4, '0')
}
