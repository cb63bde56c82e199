import type { Wanted } from '../hosts/lease/take-leases.ts'
import type { Exit } from '../lib/exit-codes.ts'
import type { RunId } from '../lib/types.ts'
import type { Proposal } from '../operations/proposal.ts'
import type { View } from '../views/view.ts'
import { chooseView } from './choose-view.ts'
import type { Stand } from './conduct.ts'
import { takeLocks } from './locking.ts'
import { say } from './say.ts'
import { showResult } from './show.ts'
import { listenForInterrupts, outliveReaders } from './signals.ts'
import { sit, type Sitting } from './sitting.ts'

/** Whose locks are taken. */
interface Claimed {
  readonly id: RunId
  readonly title: string
  readonly claims: readonly Wanted[]
}

/** What is done under them, and what is shown beside its result. */
export interface Work {
  readonly sitting: Sitting
  readonly seen?: Pick<Proposal, 'situation' | 'plan'>
}

/**
 * Takes a run's locks, has `prepare` say what is to be done under them, does it, tells the result, and gives the locks
 * back, whatever happened. Returns the exit code's name.
 */
export async function underLocks(
  stand: Stand,
  { id, title, claims }: Claimed,
  prepare: (view: View) => Promise<Work>,
): Promise<Exit> {
  const { hosts, flags } = stand
  outliveReaders()
  const view = await chooseView(flags)
  const interrupts = listenForInterrupts((text) => view.note(text))
  try {
    const wish = { id, title, claims, wait: flags['wait-for-lock'], say, signal: interrupts.pause }
    const leases = await takeLocks(hosts, wish)
    try {
      const { sitting, seen } = await prepare(view)
      const claimed = claims.map(({ host }) => host)
      const came = await sit(sitting, { ...stand, leases, claimed, view, interrupts, say })
      for (const { host, lines, said } of came.unkept) say(`${host} lacks ${lines} lines of the journal: ${said}`)
      showResult({ result: came.result, ...seen }, came.ledger, stand)
      return came.exit
    } finally {
      await leases.release()
    }
  } finally {
    await view.settled()
    interrupts.dispose()
  }
}
