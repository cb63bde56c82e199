import type { Event } from '../engine/events.ts'
import { endedOf } from '../engine/history.ts'
import type { Merged } from '../engine/import-journal.ts'
import { hostsOf } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { when } from '../lib/when.ts'
import { hostsWithJournals, runHere } from '../operations/find-run.ts'
import { knownJournals } from '../operations/journals.ts'
import { PastRuns } from '../operations/past-runs.ts'
import { isRunbook } from './runbook/steps.ts'

type Begun = Extract<Event, { event: 'run' }>

/** A run that is to be taken up again, as this machine and its hosts tell it, and what became of its hosts since. */
export interface TheRun {
  readonly id: RunId
  readonly begun: Begun
  readonly events: readonly Event[]
  /** This and every other run that was at work since it began, whoever's. */
  readonly past: PastRuns
}

/** Clocks of hosts may differ from this one's a little while they are asked. */
const slack = 60_000

/**
 * Finds a run of this machine, with what its hosts tell of it and of those that came later. Throws, exit `usage`, where there is none
 * here; exit `refused` where somebody has adopted it since, where its hosts are no longer those, and where no copy is whole.
 */
export async function theRun(name: string, fleet: Fleet, hosts: Hosts): Promise<TheRun> {
  const { id, events: own } = await runHere(name)
  const known = begunIn(own)
  // A runbook touches no host itself: its steps' runs do.
  if (known && isRunbook(known.plan)) return { id, begun: known, events: own, past: PastRuns.of([]) }
  if (known) refuseOtherHosts(known, fleet)
  const names = known ? claimedBy(known) : hostsWithJournals(fleet)
  const within = known && Date.now() - known.at + slack
  const { journals } = await knownJournals({ hosts, names, ...(within !== undefined && { within }) }, within)
  const journal = journals.find(({ run }) => run === id)
  const events = journal?.events ?? own
  const begun = begunIn(events)
  if (!begun) throw damaged(id)
  refuseOtherHosts(begun, fleet)
  refuseAdopted(id, { events, news: journal?.news ?? [] })
  return { id, begun, events, past: PastRuns.of(journals) }
}

/**
 * Throws, exit `refused`, where what is news of a run here says that it is another machine's now; not where it has come to nothing
 * since, and nobody can do anything about it any more.
 */
export function refuseAdopted(id: RunId, { events, news }: Pick<Merged, 'events' | 'news'>): void {
  const adopted = news.findLast((event) => event.event === 'adopted')
  if (!adopted || endedOf(events) === 'put-back') return
  throw new ZdtError(`run ${id} was adopted at ${when(adopted.at)} by ${adopted.operator}: it is of that machine now`, {
    code: 'adopted-elsewhere',
    exit: 'refused',
    suggestions: ['zdt runs   # what became of it', `zdt adopt ${id}   # takes it over to this machine again`],
  })
}

function begunIn(events: readonly Event[]): Begun | undefined {
  return events.find((event) => event.event === 'run')
}

/** A journal of before claims were kept: every host of its steps. */
export function claimsOfRun({ claims, plan }: Begun): Wanted[] {
  if (claims) return [...(claims as readonly Wanted[])]
  return hostsOf(plan.stages.flatMap(({ steps }) => steps)).map((host) => ({ host, scopes: ['host'] }))
}

function claimedBy(begun: Begun): HostName[] {
  return claimsOfRun(begun).map(({ host }) => host)
}

/** The same names may be those of other machines by now: what the run did is not to be done to them. */
function refuseOtherHosts(begun: Begun, fleet: Fleet): void {
  const { plan, addresses = {} } = begun
  const odd = [...new Set([...claimedBy(begun), ...hostsOf(plan.stages.flatMap(({ steps }) => steps))])].flatMap(
    (host) => {
      const now = fleet.hosts.get(host)
      if (!now) return [`${host} is not in it`]
      const was = addresses[host]
      return was === undefined || was === now.address ? [] : [`${host} was ${was} then, and is ${now.address} there`]
    },
  )
  if (odd.length === 0) return
  throw new ZdtError(`run ${plan.id} was begun with another fleet file than ${fleet.file}: ${odd.join(', ')}`, {
    code: 'other-hosts',
    exit: 'refused',
    suggestions: [
      `the same with --fleet FILE   # zdt.yaml as it was, for that run`,
      `zdt runs show ${plan.id}   # what it did`,
    ],
  })
}

function damaged(id: RunId): ZdtError {
  return new ZdtError(`the journal of run ${id} is damaged, here and on every host that could be asked`, {
    code: 'journal-damaged',
    exit: 'refused',
    suggestions: [`zdt runs show ${id}   # what can be read of it`],
  })
}
