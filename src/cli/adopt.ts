import { endedOf } from '../engine/history.ts'
import { importJournal, mergedCopies } from '../engine/import-journal.ts'
import { openJournal } from '../engine/journal.ts'
import { eventsIn, journalText, linesIn } from '../engine/read-journal.ts'
import { openMirror } from '../engine/mirror.ts'
import type { Ended } from '../engine/outcome.ts'
import { readMirror } from '../engine/read-mirror.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { fencedHosts } from '../hosts/lease/fenced-hosts.ts'
import { takeLeases, type Wanted } from '../hosts/lease/take-leases.ts'
import type { Hosts } from '../hosts/host.ts'
import { formatDuration } from '../lib/durations.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import { findRunElsewhere } from '../operations/find-run.ts'
import { askFirst } from './ask-first.ts'
import { operatorName } from './operator-name.ts'
import { say } from './say.ts'
import { claimsOfRun } from './the-run.ts'

/** What was taken over. */
export type Adopted = {
  readonly run: string
  readonly title: string
  readonly operator: string
  readonly lines: number
  /** How it had ended before. */
  readonly ended?: Ended
}

/**
 * Takes a run over from the machine where it was begun: its leases are taken away from whoever holds them, so that a zdt
 * that still lives there can change nothing more, and its journal comes here from the hosts. Asks before it does.
 */
export async function adopt(fleet: Fleet, hosts: Hosts, name: string, yes: boolean): Promise<Adopted> {
  const { id, events, lines: there } = await findRunElsewhere(fleet, hosts, name)
  if (await isOursAlready(id, there)) {
    throw new ZdtError(`run ${id} is of this machine already`, {
      code: 'adopted-already',
      exit: 'usage',
      suggestions: [`zdt runs show ${id}   # how far it is`, `zdt resume ${id}`, `zdt rollback ${id}`],
    })
  }
  const begun = events.find((event) => event.event === 'run')
  if (!begun) throw new TypeError('a run that was found has begun')
  const { operator, plan } = begun
  const last = events.at(-1)
  const ago = last ? formatDuration(Date.now() - last.at) : 'an unknown time'
  say(`run ${id}: ${plan.title}, by ${operator}; its last line is ${ago} old`)
  await askFirst(`Take it over? Whoever works on it now can change nothing more.`, yes)

  const claims = claimsOfRun(begun)
  // By taking them over, never by breaking: a lease that has passed on to another run meanwhile is left alone.
  const who = { run: id, holder: operatorName(), title: `adopt ${plan.title}` }
  const leases = await takeLeases(hosts, claims, who, { mayTakeOver: ({ run }) => run === id })
  try {
    // Read again under them: whoever had them may have written on while this was asked.
    const { lines, events: whole } = mergedCopies(await linesHere(id), await copiesOn(hosts, claims, id))
    await keep({ id, lines, title: plan.title }, fencedHosts(hosts, leases), claims)
    const ended = endedOf(whole)
    return { run: id, title: plan.title, operator, lines: lines.length, ...(ended && { ended }) }
  } finally {
    await leases.release()
  }
}

/** There is a journal of it here, whole enough to go by, and nobody elsewhere has adopted it since. */
async function isOursAlready(id: RunId, there: readonly string[]): Promise<boolean> {
  const own = await linesHere(id)
  if (!eventsIn(own.join('\n')).some(({ event }) => event === 'run')) return false
  const { news } = mergedCopies(own, [there])
  return !news.some(({ event }) => event === 'adopted')
}

/** Of this machine's journal; empty where there is none. */
async function linesHere(id: RunId): Promise<string[]> {
  return linesIn(await journalText(id).catch(() => '')).map(({ line }) => line)
}

/**
 * The lines that each of the run's hosts has. The last that was done to a host that one alone may know: where one cannot be read,
 * this throws.
 */
async function copiesOn(hosts: Hosts, claims: readonly Wanted[], run: RunId): Promise<(readonly string[])[]> {
  const copies = await Promise.all(claims.map(async ({ host }) => readMirror(await hosts.on(host), { run })))
  return copies.flat().map(({ lines }) => lines)
}

interface Kept {
  readonly id: RunId
  readonly title: string
  readonly lines: readonly string[]
}

/** The journal as it was, and that it was adopted: here, and on the hosts, where all can read who has it now. */
async function keep({ id, title, lines }: Kept, hosts: Hosts, claims: readonly Wanted[]): Promise<void> {
  const operator = operatorName()
  await importJournal(id, lines)
  const names = claims.map(({ host }) => host)
  const mirror = openMirror(hosts, names, id, { begins: `run ${id} adopted: ${title}, by ${operator}`, history: lines })
  const journal = await openJournal(id, (event) => mirror.append(JSON.stringify(event)), undefined, 'append')
  await journal.record({ event: 'adopted', operator, pid: process.pid })
  await journal.close()
  for (const { host, lines: missing, said } of await mirror.settled()) {
    say(`${host} lacks ${missing} lines of the journal: ${said}`)
  }
}
