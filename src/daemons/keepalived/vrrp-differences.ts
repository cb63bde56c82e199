import { configuredInstances, type ConfiguredInstance } from './config-instances.ts'

/** A node of a VRRP group and its configuration. */
export interface VrrpNode {
  readonly host: string
  readonly text: string
}

/** What two nodes must have alike, and how an instance says it. The password is not told. */
const alike: readonly (readonly [string, (instance: ConfiguredInstance) => string])[] = [
  ['addresses', ({ addresses }) => addresses.join(', ') || 'none'],
  ['version', ({ version }) => String(version)],
  ['adverts', ({ unicast }) => (unicast ? 'unicast' : 'multicast')],
  ['authentication', ({ authentication }) => authentication || 'none'],
]

const interval = ['advert_int', ({ advertInterval }: ConfiguredInstance) => `${advertInterval} s`] as const

function onlyOn(a: VrrpNode, b: VrrpNode): string[] {
  const there = new Set(configuredInstances(b.text).map(({ routerId }) => routerId))
  return configuredInstances(a.text)
    .filter(({ routerId }) => !there.has(routerId))
    .map(({ name, routerId }) => `${a.host} has ${name} (router id ${routerId}), ${b.host} has none of that id`)
}

/**
 * Why two nodes would not take each other's adverts, one sentence each: with different VIP lists both become master (TRAPS,
 * case 7), and so with another version, other authentication, unicast against multicast, or (version 2) another interval.
 * None means that they agree. Instances are matched by their virtual router id.
 */
export function vrrpDifferences(a: VrrpNode, b: VrrpNode): string[] {
  return [...otherAdverts(a, b), ...onlyOn(a, b), ...onlyOn(b, a)]
}

/** The same of the instances that both have. */
export function otherAdverts(a: VrrpNode, b: VrrpNode): string[] {
  const others = configuredInstances(b.text)
  return configuredInstances(a.text).flatMap((one) => {
    const other = others.find(({ routerId }) => routerId === one.routerId)
    if (other === undefined) return []
    // Version 3 takes over the master's interval (RFC 9568 §6.1).
    return [...alike, ...(one.version === 2 && other.version === 2 ? [interval] : [])]
      .filter(([, say]) => say(one) !== say(other))
      .map(
        ([what, say]) =>
          `${one.name} (router id ${one.routerId}): ${what}: ${a.host} has ${say(one)}, ${b.host} has ${say(other)}`,
      )
  })
}
