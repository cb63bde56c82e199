import type { AdminState } from '../commands.ts'
import { type ConfiguredServer, type Endpoint, endpointWord } from '../config/configured.ts'
import type { KeptServer } from './runtime-state.ts'

/** What the new configuration leaves open, and an operator has said: to be so after the reload too. */
export type Wish = {
  readonly admin?: AdminState
  readonly weight?: number
  readonly endpoint?: Endpoint
  readonly check?: 'off'
  readonly agent?: 'off'
}

/** What is wished of one setting, and what is said of it: kept, or the configuration wins. */
type Judged<T> = readonly [wish: T | undefined, said?: Said]

/** What becomes of a setting, in words. */
export type Said = { readonly outcome: 'kept' | 'configuration wins' | 'gone'; readonly line: string }

export const kept = (line: string): Said => ({ outcome: 'kept', line })
const wins = (line: string): Said => ({ outcome: 'configuration wins', line })

/** What the running configuration made of a server: by its text, or by what the worker itself tells. */
export type Was = {
  readonly weight: number
  readonly disabled: boolean
  readonly endpoint?: Endpoint
}

export function was(from: KeptServer, old: ConfiguredServer | undefined): Was {
  if (old === undefined) return { weight: from.initialWeight, disabled: from.disabled }
  return { weight: old.weight ?? from.initialWeight, disabled: old.disabled, endpoint: old.endpoint }
}

/** Is it in rotation? */
export function adminWish(from: KeptServer, old: Was, to: ConfiguredServer): Judged<AdminState> {
  if (to.disabled && !old.disabled) {
    if (from.admin === 'maint') return [undefined]
    return [undefined, wins(`${from.admin}: the configuration now says disabled, so it goes into maintenance`)]
  }
  if (from.admin === 'drain') return ['drain', kept('drain')]
  if (from.admin === 'ready')
    return from.disabled && to.disabled ? ['ready', kept('ready, although configured disabled')] : [undefined]
  if (old.disabled && to.disabled) return [undefined]
  if (old.disabled) return [undefined, wins('maint: the configuration no longer says disabled, so it is made ready')]
  return ['maint', kept('maint')]
}

/** Which share does it get? */
export function weightWish(from: KeptServer, old: Was, to: ConfiguredServer): Judged<number> {
  const configured = to.weight ?? from.initialWeight
  // Set by nobody: what the worker began with, or what was made at run time of the configuration that is in force.
  if (from.weight === from.initialWeight || from.weight === old.weight || from.weight === configured) return [undefined]
  if (configured === old.weight) return [from.weight, kept(`weight ${from.weight} (configured ${configured})`)]
  const line = `weight ${from.weight}: the configuration now says ${configured} (was ${old.weight}), and wins`
  return [undefined, wins(line)]
}

/** Where is it? */
export function endpointWish(from: KeptServer, old: Was, to: ConfiguredServer): Judged<Endpoint> {
  const live = { address: from.address, port: from.port }
  const same = (one: Endpoint | undefined) => one?.address === live.address && one.port === live.port
  // One that is looked up by name has the address that was found.
  if (from.fqdn !== undefined || from.address === '' || to.endpoint === undefined) return [undefined]
  if (same(to.endpoint) || same(old.endpoint)) return [undefined]
  const [now, then] = [endpointWord(live), endpointWord(to.endpoint)]
  if (old.endpoint && endpointWord(old.endpoint) === then) {
    return [live, kept(`address ${now} (configured ${then})`)]
  }
  return [undefined, wins(`address ${now}: the configuration says ${then}, and wins`)]
}
