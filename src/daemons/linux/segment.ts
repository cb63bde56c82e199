import { randomBytes } from 'node:crypto'
import type { Host } from '../../hosts/host.ts'
import { exchange, SegmentUnknown } from './exchange.ts'
import { announcement, answersFor, etherTypes, testPacket, whoHas, type Mac } from './frames.ts'
import { interfacesOf, onLink, ownAddress, type Interface } from './interfaces.ts'
import type { Millis } from '../../lib/types.ts'
import { isIPv6, sameAddress } from './ip.ts'

/** Long enough for whoever is awake on the segment, and for a second one who answers as well. */
const listening = 300
/** On a host that is busy with everything else even that is not enough to hear one. */
const listeningOn = 2000

/** A place on the VIP's segment: a host's interface there. */
export type Place = { readonly device: string; readonly mac: Mac }

/** By which of its interfaces a host sits on the segment of an address, or undefined when it does not. */
export async function placeOn(host: Host, address: string): Promise<Interface | undefined> {
  const [route, interfaces] = await Promise.all([host.run(['ip', '-j', 'route', 'get', address]), interfacesOf(host)])
  const device = onLink(route.stdout.toString('utf8'))
  return interfaces.find(({ name }) => name === device)
}

/** Asks the segment who has an address: every MAC that answers within 300 ms, or the first within 2 s. Throws SegmentUnknown where it cannot ask. */
export async function whoAnswers(host: Host, place: Interface, address: string): Promise<Mac[]> {
  const own = ownAddress(place, address)
  if (own === undefined) throw new SegmentUnknown(host.name, `${place.name} has no address to ask from`)
  const ask = async (during: Millis) => {
    const frames = await exchange(host, {
      device: place.name,
      send: whoHas(address, { mac: place.mac, address: own }),
      etherType: isIPv6(address) ? etherTypes.ipv6 : etherTypes.arp,
      holding: '',
      during,
    })
    return answersFor(address, frames)
  }
  const heard = await ask(listening)
  // Whoever has it does not hear itself.
  const isOwn = place.addresses.some((one) => sameAddress(one.address, address))
  return heard.length > 0 || isOwn ? heard : ask(listeningOn)
}

/**
 * Does the segment carry a stranger's packet for `address` from one host to another by MAC address alone, as a hand-off
 * sends them? Clouds and guarded switches drop it. Tried with a real packet, for three seconds at the most.
 */
export async function carries(
  address: string,
  from: { readonly host: Host; readonly place: Place },
  to: { readonly host: Host; readonly place: Place },
): Promise<boolean> {
  const nonce = randomBytes(4).toString('hex')
  const six = isIPv6(address)
  const frame = testPacket({
    from: from.place.mac,
    to: to.place.mac,
    // Of the blocks for documentation: nobody's, so that no filter knows it.
    source: six ? '2001:db8::1' : '192.0.2.1',
    destination: address,
    nonce,
  })
  const common = { etherType: six ? etherTypes.ipv6 : etherTypes.ipv4, during: 3000 }
  const heard = new AbortController()
  const sending = exchange(
    from.host,
    { ...common, device: from.place.device, send: frame, holding: 'nothing' },
    heard.signal,
  ).catch((error: unknown) => {
    if (error instanceof SegmentUnknown) throw error
  })
  const hearing = exchange(to.host, { ...common, device: to.place.device, holding: `ffff0009${nonce}`, enough: 1 })
  const [frames] = await Promise.all([hearing.finally(() => heard.abort(new Error('heard'))), sending])
  return frames.length > 0
}

/** Tells the segment, five times, that this host has an address now. Throws SegmentUnknown. */
export async function announce(host: Host, { device, mac }: Place, address: string): Promise<void> {
  const etherType = isIPv6(address) ? etherTypes.ipv6 : etherTypes.arp
  await exchange(host, { device, etherType, send: announcement(address, mac), holding: 'nothing', during: 450 })
}
