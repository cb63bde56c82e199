import { NoRuntimeSocket, NoSuchSeat } from '../daemons/haproxy/errors.ts'
import type { StageDraft } from '../engine/plan.ts'
import type { Fleet, Seat } from '../fleet/fleet.ts'
import { placesServing } from '../fleet/selectors.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { TooFewLeft } from '../steps/haproxy/too-few-left.ts'
import { judgeCapacity } from './capacity.ts'
import { lookAtSeats, stillOut, type SeenSeat } from './look-at-seats.ts'
import { intoRotation, namesOf, outOfRotation, untilDrained } from './rotation.ts'
import type { Capacity } from './situation.ts'

/** Stages around others, while which hosts are out of rotation. */
export interface OutMeanwhile {
  readonly before: readonly StageDraft[]
  readonly after: readonly StageDraft[]
  readonly capacity: readonly Capacity[]
  /** `no pool serves web1: …`. */
  readonly facts: readonly string[]
}

export interface OutOptions {
  readonly timeout: Millis
  /** Where its pools would have too few servers meanwhile, it stays in them. */
  readonly inPlace: boolean
}

/**
 * Takes hosts out of rotation while their nginx is reloaded: it closes every idle connection then, with the request that is
 * just on its way there (TRAPS: nginx; 17 of 262,000 were lost over six reloads). Who is out already stays out; those that a pool
 * cannot do without stay in it where that is said: a pool without a server loses every request. Throws TooFewLeft, and what hosts throw.
 */
export async function outMeanwhile(
  fleet: Fleet,
  hosts: Hosts,
  names: readonly HostName[],
  { timeout, inPlace }: OutOptions,
): Promise<OutMeanwhile> {
  const served = await Promise.all(
    names.map(async (name) => ({ name, seats: await seenOf(hosts, seatsOn(fleet, name), inPlace) })),
  )
  const seen = served.flatMap(({ seats }) => seats)
  const judged = await judgeCapacity(fleet, seen, {
    doing: `draining ${names.join(', ')} for the reload`,
    anyway: `the same with --in-place${names.length > 1 ? ', or smaller batches' : ''}`,
    allowEmpty: false,
  }).catch((error: unknown) => {
    if (inPlace && error instanceof TooFewLeft) return undefined
    throw error
  })
  const facts = [
    ...served
      .filter(({ seats }) => seats.length === 0)
      .map(({ name }) => `no HAProxy pool serves ${name}: clients of its idle connections will see them closed`),
    ...stillOut(seen),
  ]
  if (!judged) return { ...nobodyOut, facts: [...facts, ...staying(seen)] }
  const ready = seen.filter(({ view }) => view.admin === 'ready')
  return {
    before: seen.length === 0 ? [] : [...outOfRotation(ready, 'drain', judged), untilDrained(seen, timeout)],
    after: intoRotation(fleet, ready, timeout, ({ view }) => view.agent?.enabled === true),
    capacity: judged.capacity.map((one) => ({ ...one, meanwhile: true })),
    facts,
  }
}

/** Of what is reloaded while it serves. */
export const nobodyOut: OutMeanwhile = { before: [], after: [], capacity: [], facts: [] }

/** Of those that a pool cannot do without. */
function staying(seen: readonly SeenSeat[]): string[] {
  const ready = seen.filter(({ view }) => view.admin === 'ready').map(({ seat }) => seat)
  return [`${namesOf(ready)} stays in rotation while nginx is reloaded: clients of idle connections may lose a request`]
}

/** Asks once for each host how it is taken out while its nginx is reloaded, however often that is. */
export type Outs = (host: HostName) => Promise<OutMeanwhile>

export function outsOf(fleet: Fleet, hosts: Hosts, options: OutOptions): Outs {
  const known = new Map<HostName, Promise<OutMeanwhile>>()
  return (host) => {
    const out = known.get(host) ?? outMeanwhile(fleet, hosts, [host], options)
    known.set(host, out)
    return out
  }
}

/** The seats that a host has in pools of HAProxy; behind another nginx nobody takes it out for a moment. */
export function seatsOn(fleet: Fleet, host: HostName): readonly Seat[] {
  return placesServing(fleet, host).seats
}

/** Those that are live: a server may be new in zdt.yaml, and come with this very run; nobody is drained from an HAProxy that does not run. */
async function seenOf(hosts: Hosts, seats: readonly Seat[], inPlace: boolean): Promise<SeenSeat[]> {
  const seen = await Promise.all(
    seats.map((seat) =>
      lookAtSeats(hosts, [seat]).catch((error: unknown) => {
        if (error instanceof NoSuchSeat || (inPlace && error instanceof NoRuntimeSocket)) return []
        throw error
      }),
    ),
  )
  return seen.flat()
}
