import { asZdtError } from '../engine/told.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import type { Lease } from '../hosts/lease/lease.ts'
import { hasEndedHere } from '../hosts/lease/own-process.ts'
import { leaveWord as leaveOn, newWord, type Word } from '../hosts/lease/words.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { heardWithin } from './heard-within.ts'
import { locks } from './locks.ts'
import { noApproval, notAtWork } from './not-at-work.ts'
import { askedOf } from './asked-of.ts'

/** What is to be said, and by whom. */
export interface Saying {
  readonly run: string
  readonly verb: Word['verb']
  readonly by: string
}

/** A word that was left. */
export type LeftWord = {
  readonly run: RunId
  readonly title: string
  readonly verb: Word['verb']
  /** The stage that was promoted. */
  readonly number?: number
  readonly host: HostName
  /** The run has taken it; else it has not yet, and will with its next renewal if it lives. */
  readonly heard: boolean
}

/**
 * Says something to a run that is at work, wherever its zdt is, and waits until it was heard, 15 s at the most. Throws, exit
 * `refused`, where the run is not at work, or asks for no approval; exit `usage` where nobody knows it.
 */
export async function leaveWord(fleet: Fleet, hosts: Hosts, { run, verb, by }: Saying): Promise<LeftWord> {
  const id = run.toUpperCase() as RunId
  const seen = await locks(fleet, hosts)
  const unseen = seen.flatMap(({ error }) => (error ? [error.message] : []))
  const leases = await alive(seen.flatMap((one) => one.leases).filter((lease) => lease.run === id))
  if (leases.length === 0) throw await notAtWork(fleet, hosts, id, unseen)
  const number = verb === 'promote' ? await askedOf(fleet, hosts, id) : 0
  if (number === undefined) throw noApproval(id)
  const word = newWord({ verb, by, number })
  const lease = await leaveOnOne(hosts, leases, word)
  const heard = await heardWithin(await hosts.on(lease.host), { run: id, word, token: lease.token })
  if (heard === 'ended') throw await notAtWork(fleet, hosts, id, unseen)
  if (heard === 'unheeded') throw noApproval(id)
  const { host, title = '' } = lease
  return { run: id, title, verb, ...(number > 0 && { number }), host, heard: heard === 'heard' }
}

type Held = Lease & { readonly token: string }

/** Those whose holder can still hear: one that was killed on this machine cannot, however long its leases last. */
async function alive(leases: readonly Lease[]): Promise<Held[]> {
  const all = await Promise.all(
    leases.map(async (lease): Promise<Held[]> => {
      const { state, token, process: named } = lease
      if (state !== 'held' || token === undefined || (named !== undefined && (await hasEndedHere(named)))) return []
      return [{ ...lease, token }]
    }),
  )
  return all.flat()
}

/** On one host alone: said on several it could be heard twice. */
async function leaveOnOne(hosts: Hosts, leases: readonly Held[], word: Word): Promise<Held> {
  let error: unknown
  for (const lease of leases) {
    try {
      await leaveOn(await hosts.on(lease.host), lease.token, word)
      return lease
    } catch (thrown) {
      error ??= asZdtError(thrown, lease.host)
    }
  }
  throw error
}
