import { sameAddress } from '../../linux/ip.ts'
import { type Place, seatName } from '../commands.ts'
import { configuredServers, type ConfiguredServer, type Endpoint, says } from '../config/configured.ts'
import { defaultsOf, isBackend, parseConfig, type Section } from '../config/sections.ts'
import { type Carried, type Configurations, keeping } from './keeping.ts'
import type { KeptServer, RuntimeState } from './runtime-state.ts'

/** A server as it will be right after a reload. */
export type ServerAfter = Place & {
  readonly backup: boolean
  /** `unseen`: it is sent to, and no check has looked at it there yet. */
  readonly is: 'serving' | 'out' | 'unseen'
  /** Of one that is unseen: undefined where it is no literal one. */
  readonly at?: Endpoint
}

/** Is it sent new clients to? */
export function serves({ admin, op, weight }: KeptServer): boolean {
  return admin === 'ready' && op === 'running' && weight > 0
}

/** Every server that is there after a reload with `next`, by the table of docs/runtime-state.md. Pure. */
export function afterReload(before: RuntimeState, configurations: Configurations): ServerAfter[] {
  const { carried, added } = keeping(before, configurations)
  const [off, wasOff] = [disabledIn(configurations.next), disabledIn(configurations.running ?? '')]
  const isOff = ({ backend }: Place) => off.has(backend) && !wasOff.has(backend)
  const known = new Set(carried.map((one) => seatName(one)))
  const fresh = configuredServers(configurations.next).filter((one) => !known.has(seatName(one)))
  const all: ServerAfter[] = [
    ...carried.map(ofCarried),
    ...added.map(({ backend, server, from }) => ({ backend, server, backup: from.backup, is: isNow(from) })),
    ...fresh.map((one) => ({ ...placed(one), ...(one.disabled || one.weight === 0 ? out : unseen(one)) })),
  ]
  return all.map((one) => (isOff(one) ? { ...one, ...out } : one))
}

/** The backends that are `disabled` as a whole, by themselves or their defaults. */
function disabledIn(text: string): ReadonlySet<string> {
  const sections = parseConfig(text)
  const off = sections.filter((one) => isBackend(one) && [one, ...defaultsOf(one, sections)].some(saysDisabled))
  return new Set(off.map(({ name }) => name))
}

function saysDisabled({ lines }: Section): boolean {
  return lines.some(({ words }) => words.length === 1 && words[0]?.text === 'disabled')
}

const out = { is: 'out' } as const

function ofCarried({ from, to, wish }: Carried): ServerAfter {
  const admin = wish.admin ?? (to.disabled ? 'maint' : 'ready')
  const weight = wish.weight ?? to.weight ?? from.initialWeight
  if (admin !== 'ready' || weight === 0) return { ...placed(to), ...out }
  // Out of maintenance, or at another address, it has not been looked at.
  if (from.admin !== 'ready' || (wish.endpoint === undefined && isElsewhere(from, to))) {
    return { ...placed(to), ...unseen(to) }
  }
  return { ...placed(to), is: from.op === 'running' ? 'serving' : 'out' }
}

function isElsewhere({ fqdn, address, port }: KeptServer, { endpoint }: ConfiguredServer): boolean {
  if (fqdn !== undefined || address === '' || endpoint === undefined) return false
  return !sameAddress(address, endpoint.address) || port !== endpoint.port
}

function isNow(from: KeptServer): 'serving' | 'out' {
  return serves(from) ? 'serving' : 'out'
}

function unseen({ endpoint }: ConfiguredServer) {
  return { is: 'unseen' as const, ...(endpoint && { at: endpoint }) }
}

function placed({ backend, server, keywords }: ConfiguredServer) {
  return { backend, server, backup: says(keywords, 'backup') }
}
