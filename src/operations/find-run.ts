import type { Event } from '../engine/events.ts'
import { endedOf } from '../engine/history.ts'
import { mergedCopies, type Merged } from '../engine/import-journal.ts'
import { journalText, linesIn, readJournal } from '../engine/read-journal.ts'
import type { Ended } from '../engine/outcome.ts'
import { readMirror, type Mirrored, type ReadMirrorOptions } from '../engine/read-mirror.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, RunId } from '../lib/types.ts'

/** Hosts that a run can have touched: all of them, for an application's host alone may know of the last that was done there. */
export function hostsWithJournals(fleet: Fleet): HostName[] {
  return [...fleet.hosts.values()].map(({ name }) => name)
}

/** What the hosts keep of runs, and which hosts could not be asked. */
export interface Elsewhere {
  readonly journals: readonly Mirrored[]
  readonly unseen: readonly { readonly host: HostName; readonly why: string }[]
}

/** Reads the journals on hosts side by side. One that cannot be asked is told of, not waited for. */
export async function journalsOn(
  hosts: Hosts,
  names: readonly HostName[],
  which: Pick<ReadMirrorOptions, 'run' | 'within' | 'known'>,
): Promise<Elsewhere> {
  const unseen: { host: HostName; why: string }[] = []
  const found = await Promise.all(
    names.map(async (name) => {
      try {
        return await readMirror(await hosts.on(name), which)
      } catch (error) {
        unseen.push({ host: name, why: error instanceof Error ? error.message : String(error) })
        return []
      }
    }),
  )
  return { journals: found.flat(), unseen }
}

/** One journal of a run, made of these lines of it and of what the hosts have; and which hosts could not be asked. */
export async function mergedOn(
  fleet: Fleet,
  hosts: Hosts,
  run: RunId,
  own: readonly string[] = [],
): Promise<Merged & Pick<Elsewhere, 'unseen'>> {
  const { journals, unseen } = await journalsOn(hosts, hostsWithJournals(fleet), { run })
  const copies = journals.map(({ lines }) => lines)
  return { ...mergedCopies(own, copies), unseen }
}

/** A run, and whether this machine has its journal. */
export interface FoundRun {
  readonly id: RunId
  readonly events: readonly Event[]
  readonly lines: readonly string[]
  readonly here: boolean
}

/**
 * Finds a run by its journals on the hosts. For a run of another machine: its own journal may be longer by what it could not send
 * any more, but whatever it changed it had sent before, to that host. Throws, exit `usage`, when nobody knows it.
 */
export async function findRunElsewhere(fleet: Fleet, hosts: Hosts, name: string): Promise<FoundRun> {
  const id = name.toUpperCase() as RunId
  const { lines, events, unseen } = await mergedOn(fleet, hosts, id)
  if (events.some(({ event }) => event === 'run')) return { id, events, lines, here: false }
  const asked = unseen.map(({ host, why }) => `${host}: ${why}`).join('\n')
  throw new ZdtError(`no host of the fleet knows a run ${id}`, {
    code: 'unknown-run',
    exit: 'usage',
    ...(asked && { said: asked }),
    suggestions: ['zdt runs'],
  })
}

/** Nothing is to be expected of it any more, wherever it was: no host need be asked. */
const over: ReadonlySet<Ended | undefined> = new Set(['done', 'already', 'untouched', 'put-back'])

/**
 * A run's events, by the journal of this machine where that tells its end, and by what the hosts have of it where it does not.
 * Throws, exit `usage`, when nobody knows it.
 */
export async function runAnywhere(id: RunId, fleet?: Fleet, hosts?: Hosts): Promise<readonly Event[]> {
  if (!fleet || !hosts) return (await runHere(id)).events
  const own = linesIn(await journalText(id).catch(() => ''))
  const events = own.map(({ event }) => event)
  if (over.has(endedOf(events))) return events
  const lines = own.map(({ line }) => line)
  const merged = await mergedOn(fleet, hosts, id, lines)
  return merged.lines.length === 0 ? (await findRunElsewhere(fleet, hosts, id)).events : merged.events
}

/** A run whose journal is on this machine. Throws, exit `usage`, naming `zdt adopt`, when it is not. */
export async function runHere(name: string): Promise<FoundRun> {
  const id = name.toUpperCase() as RunId
  const events = await readJournal(id).catch((cause: unknown) => {
    throw new ZdtError(`there is no run ${id} on this machine`, {
      code: 'unknown-run',
      exit: 'usage',
      suggestions: ['zdt runs', `zdt adopt ${id}   # a run of another machine: takes it over to this one`],
      cause,
    })
  })
  return { id, events, lines: [], here: true }
}
