import type { Node } from '../../daemons/keepalived/node.ts'
import type { Told } from '../../engine/events.ts'
import type { HostName, Millis } from '../../lib/types.ts'

/** Which VIP, and whom to ask about it: plain data, for steps. */
export type VipQuestion = {
  readonly name: string
  readonly address: string
  readonly prefix: number
  /** Keepalived's. */
  readonly unit: string
  /** Those who may hold it. */
  readonly hosts: readonly HostName[]
  /** Other hosts, which are asked what they hear on the segment. */
  readonly witnesses: readonly HostName[]
}

/** `held`: by one host. `split brain`: by several. `none`: by no host. `unknown`: some host could not be asked. */
export type VipState = 'held' | 'split brain' | 'none' | 'unknown'

/** A VIP on one of its nodes, or why the node could not be asked. */
export type VipNode = { readonly host: HostName } & (
  | { readonly error: Told }
  | (Node & {
      readonly error?: undefined
      /** Where it sits on the VIP's segment. */
      readonly device?: string
      readonly mac?: string
      /** Those who are connected to the VIP on this host. */
      readonly connections: number
      /** A hand-off is under way: this host passes on what it does not know. */
      readonly handOff: boolean
      /** In how long the host ends it by itself. */
      readonly handOffEnds?: Millis
    })
)

/** What a host of the segment hears when it asks who has the VIP. */
export type SegmentAnswer = {
  readonly observer: HostName
  readonly answers: readonly { readonly mac: string; readonly host?: HostName }[]
  readonly error?: Told
}

/** A VIP as its nodes and the segment show it. */
export type VipReport = {
  readonly name: string
  readonly address: string
  readonly prefix: number
  readonly state: VipState
  readonly holders: readonly HostName[]
  readonly nodes: readonly VipNode[]
  readonly segment: readonly SegmentAnswer[]
  /** What is wrong, one sentence each. */
  readonly troubles: readonly string[]
  /** When it was looked at (ms since the epoch), and how long that took. */
  readonly at: number
  readonly took: number
}
