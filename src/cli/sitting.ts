import type { Engine } from '../engine/course.ts'
import type { Event, Happening } from '../engine/events.ts'
import { openJournal, unkept as passing, type JournalMode } from '../engine/journal.ts'
import { openMirror, type Unkept } from '../engine/mirror.ts'
import type { Outcome } from '../engine/outcome.ts'
import type { Plan } from '../engine/plan.ts'
import type { Result } from '../engine/result.ts'
import type { Says } from '../engine/says.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { fencedHosts } from '../hosts/lease/fenced-hosts.ts'
import { ownProcess } from '../hosts/lease/own-process.ts'
import type { Leases } from '../hosts/lease/leases.ts'
import type { Exit } from '../lib/exit-codes.ts'
import type { HostName } from '../lib/types.ts'
import type { Ledger } from '../probe/ledger.ts'
import { stepKinds } from '../steps/index.ts'
import type { View } from '../views/view.ts'
import type { RunFlags } from './flags.ts'
import { heedWords, type Words } from './heed-words.ts'
import { startLedger } from './ledger.ts'
import { adoptedFrom } from './adopted-from.ts'
import { leaseFirst } from './lease-first.ts'
import { openNotices } from './notices.ts'
import { operatorName } from './operator-name.ts'
import { chooseOperator } from './operators.ts'
import { resultOf } from './result-of.ts'
import type { Interrupts } from './signals.ts'

/** What one process does on a run: begin it, go on with it, or take it back. */
export interface Sitting {
  readonly plan: Plan
  readonly says: Says
  readonly begin: Extract<Happening, { event: 'run' | 'resumed' | 'rolling-back' }>
  /** `new` for a run that begins; the lines of the journal that it goes on with otherwise. */
  readonly mode: JournalMode
  readonly history: readonly Event[]
  readonly goal: 'done' | 'put-back'
  /** The texts that the run brings to its hosts: see On.text. */
  text?(sha256: string): Promise<string | undefined>
  go(engine: Engine): Promise<Outcome>
}

/** Where it sits. */
export interface Seating {
  readonly fleet: Fleet
  readonly hosts: Hosts
  readonly flags: RunFlags
  readonly leases: Leases
  readonly claimed: readonly HostName[]
  readonly view: View
  readonly interrupts: Interrupts
  readonly say: (text: string) => void
}

/** What came of it. */
export interface Came {
  readonly result: Result
  readonly exit: Exit
  readonly ledger: Ledger | undefined
  /** Hosts whose copy of the journal is not whole. */
  readonly unkept: readonly Unkept[]
}

/** Sits on a run: under its leases, with the journal here and on every host it touches, and the probe beside it. */
export async function sit(sitting: Sitting, seating: Seating): Promise<Came> {
  const { plan, says, begin, mode, history } = sitting
  const { fleet, hosts, flags, leases, claimed, view, interrupts, say } = seating
  const events: Event[] = [...history]
  const who = operatorName()
  const mirror = openMirror(fencedHosts(hosts, leases), claimed, plan.id, {
    begins: `run ${plan.id} ${begin.event}: ${plan.title}, by ${who}`,
    history: history.map((event) => JSON.stringify(event)),
  })
  const ledger = await startLedger(flags.probe, fleet, interrupts.pause)
  const notices = openNotices(fleet, { plan, operator: who }, say)
  let words: Words | undefined
  const journal = await openJournal(
    plan.id,
    (event) => {
      events.push(event)
      if (!passing.has(event.event)) mirror.append(JSON.stringify(event))
      ledger?.follow(event)
      words?.follow(event)
      notices?.follow(event)
      view.event(event)
    },
    undefined,
    mode,
  )
  try {
    await journal.record({ ...begin, process: await ownProcess() })
    const heeded = heedWords(leases, journal.record)
    words = heeded
    const operator = await chooseOperator(says.onTimeout, flags, { view, say, events, interrupts, words: heeded })
    interrupts.begin()
    const came = await sitting.go({
      kinds: stepKinds,
      hosts,
      changing: fencedHosts(hosts, leases, mirror),
      text: async (sha256) => sitting.text?.(sha256),
      lost: () => ledger && { lost: ledger.lostSinceChange(), allowed: flags['max-lost'] ?? 0 },
      operator,
      record: journal.record,
      away: (host, longest) => leases.lasting(host, longest),
      // Whoever lost a lease can change nothing more: there is nothing to go on for.
      pause: AbortSignal.any([interrupts.pause, heeded.pause, leases.lost]),
      abort: heeded.abort,
      stop: interrupts.stop,
    })
    heeded.close()
    const adopted = leases.lost.aborted ? await adoptedFrom(plan.id, events, { fleet, hosts }) : undefined
    const first = leaseFirst(came, leases.lost)
    const taken = adopted ?? (await journal.takenOver())
    // Whoever has it now says what is left, and how it ended.
    const outcome: Outcome = taken ? { ...first, error: taken, left: [] } : first
    const counted = await ledger?.stop()
    const { result, exit } = resultOf(says, outcome, {
      lost: counted,
      maxLost: flags['max-lost'] ?? 0,
      goal: sitting.goal,
    })
    const { ended, left } = outcome
    const end = { event: 'end' as const, ended, left, exit: result.exit, ...(result.probe && { probe: result.probe }) }
    // The journal is theirs; whoever reads the events here is to hear that they end.
    if (taken) view.event({ at: Date.now(), ...end })
    else await journal.record(end).catch(() => undefined)
    await notices?.end(result)
    const unkept = await mirror.settled(...(taken ? [] : [`run ${plan.id} ended: ${ended}`]))
    return { result, exit, ledger: counted, unkept }
  } finally {
    await ledger?.stop()
    await view.settled()
    await journal.close()
  }
}
