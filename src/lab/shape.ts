import { LabError } from './errors.ts'

/** What a lab host does. */
export type Role = 'lb' | 'web' | 'app' | 'small'

/** One host of the lab. */
export interface LabHost {
  readonly name: string
  readonly role: Role
  readonly address: string
}

export const suites = ['trixie', 'bookworm'] as const
export type Suite = (typeof suites)[number]

/** What a lab looks like; two labs of one shape are the same lab. */
export interface LabShape {
  readonly name: string
  readonly suite: Suite
  readonly hosts: readonly LabHost[]
}

/** The lab's network: the address that moves, the machine that runs the lab, and how many bits they share. */
export const network = { vip: '10.77.0.100', gateway: '10.77.0.1', prefix: 16 } as const

/** A host's place in `fd77::/64` and among link-local addresses, by its IPv4 address: `::13` of 10.77.0.13. */
export function placeInIPv6(address: string): string {
  const [, , third = '0', fourth = ''] = address.split('.')
  return third === '0' ? `::${fourth}` : `::${third}:${fourth}`
}

const standard: readonly LabHost[] = [
  { name: 'lb1', role: 'lb', address: '10.77.0.11' },
  { name: 'lb2', role: 'lb', address: '10.77.0.12' },
  { name: 'web1', role: 'web', address: '10.77.0.13' },
  { name: 'web2', role: 'web', address: '10.77.0.14' },
  { name: 'app1', role: 'app', address: '10.77.0.21' },
  { name: 'app2', role: 'app', address: '10.77.0.22' },
  { name: 'app3', role: 'app', address: '10.77.0.23' },
]

/** The names of the hosts that a lab has unless it is told otherwise. */
export const standardHosts: readonly string[] = standard.map((host) => host.name)

/** How many application servers a lab has unless it is told otherwise, and at the most: the VIP comes after them. */
export const fewestApps = standard.filter(({ role }) => role === 'app').length
export const mostApps = 75

/** The shape of a lab of `hosts` (of the standard ones), `apps` application servers in all, and `scale` small hosts. */
export function labShape(wanted: {
  readonly name: string
  readonly suite: Suite
  readonly hosts: readonly string[]
  readonly apps?: number
  readonly scale: number
}): LabShape {
  const { name, suite, hosts, apps = fewestApps, scale } = wanted
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw new LabError(`A lab's name is lower-case letters, digits and dashes: ${JSON.stringify(name)} is not.`)
  }
  const unknown = hosts.filter((host) => !standardHosts.includes(host))
  if (unknown.length > 0) {
    throw new LabError(`The lab has no host ${unknown.join(', ')}; it has ${standardHosts.join(', ')}.`)
  }
  const small = Array.from({ length: scale }, (_, index) => smallHost(index))
  const more = Array.from({ length: Math.max(0, apps - fewestApps) }, (_, index) => appHost(fewestApps + index + 1))
  return { name, suite, hosts: [...standard.filter((host) => hosts.includes(host.name)), ...more, ...small] }
}

function appHost(number: number): LabHost {
  return { name: `app${number}`, role: 'app', address: `10.77.0.${20 + number}` }
}

function smallHost(index: number): LabHost {
  const address = `10.77.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
  return { name: `s${index + 1}`, role: 'small', address }
}
