import type { AdminState, Place } from '../commands.ts'
import type { Endpoint } from '../config/configured.ts'

/** A change of one server that the runtime CLI can make. Data: it goes into plans and journals. */
export type ServerChange = Place &
  (
    | { readonly change: 'weight'; readonly to: number }
    /** `admin` is what operators have set: one that is in rotation is taken out while it moves. */
    | { readonly change: 'address'; readonly to: Endpoint; readonly admin: AdminState }
    | { readonly change: 'disable' }
    | { readonly change: 'enable' }
    /** The words behind `add server b/s`; it is made ready after its checks pass, or stays in maintenance. */
    | { readonly change: 'add'; readonly words: readonly string[]; readonly atRest?: true }
    /** `words` make it again. */
    | { readonly change: 'remove'; readonly words: readonly string[] }
  )

/** Another certificate in a file that HAProxy has loaded already, known by the SHA-1 of its new leaf. */
export type CertificateChange = {
  readonly change: 'certificate'
  readonly file: string
  readonly fingerprint: string
}

/** A change of the configuration that the runtime CLI can make. */
export type RuntimeChange = ServerChange | CertificateChange

/** What a change needs, from least to most. */
export const needs = ['nothing', 'runtime', 'reload', 'restart'] as const
export type Need = (typeof needs)[number]

/** One change of a configuration, and what it needs. */
export type Needed = {
  /** `global`, `backend shop`, `shop/app2`. */
  readonly where: string
  /** One line: `weight 100 → 50`. */
  readonly what: string
  readonly need: Need
  /** Why no less will do. */
  readonly why?: string
  /** Where the need is `runtime`. */
  readonly change?: RuntimeChange
}

/** What all of them together need: the most that any does. */
export function needOf(all: readonly Needed[]): Need {
  return needs.findLast((need) => all.some((each) => each.need === need)) ?? 'nothing'
}
