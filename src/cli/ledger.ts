import { sleep } from '../lib/clock.ts'
import type { Event } from '../engine/events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Ledger } from '../probe/ledger.ts'

/** A probe that follows a run, so that what is lost is laid at the door of the step that was running. */
export interface RunningLedger {
  follow(event: Event): void
  /** How many requests were lost since the latest change was begun. */
  lostSinceChange(): number
  /** Ends the probe; a second call gives the same ledger. */
  stop(): Promise<Ledger>
}

/** Traffic before the first step, in ms, to compare with; and after the last, to see what comes late. */
const before = 2000
const after = 1000

/** Starts the probe that `--probe` asks for and lets it run for two seconds first. Undefined where none was asked for. */
export async function startLedger(
  flag: string | undefined,
  fleet: Fleet,
  pause: AbortSignal,
): Promise<RunningLedger | undefined> {
  if (flag === undefined) return undefined
  const url = flag === 'fleet' ? fleet.probe?.url : flag
  if (url === undefined) {
    throw new ZdtError(`${fleet.file} has no probe`, { code: 'no-probe', exit: 'usage', suggestions: ['--probe URL'] })
  }
  const { startProbe } = await import('../probe/probe.ts')
  const probe = await startProbe({ url, rate: fleet.probe?.rate ?? 50 })
  await sleep(before, pause).catch(() => undefined)
  let ended: Promise<Ledger> | undefined
  let lostBefore = 0
  return {
    lostSinceChange: () => probe.glance().lost - lostBefore,
    follow: (event) => {
      if (event.event === 'applying') lostBefore = probe.glance().lost
      if (event.event === 'stage') probe.mark(`step ${event.number}`)
      if (event.event === 'undoing') probe.mark('rollback')
    },
    stop: () => {
      ended ??= sleep(after).then(() => probe.stop())
      return ended
    },
  }
}
