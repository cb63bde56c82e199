import type { Event } from '../engine/events.ts'
import { importJournal, mergedCopies } from '../engine/import-journal.ts'
import { journalText, linesIn } from '../engine/read-journal.ts'
import { readMirror } from '../engine/read-mirror.ts'
import type { Hosts } from '../hosts/host.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { refuseAdopted } from './the-run.ts'

/**
 * Brings this machine's journal of a run up to what the hosts tell: somebody may have adopted the run and gone on with it.
 * A host that cannot be asked has nothing to add. To be called under the run's locks, where nobody writes on. Throws, exit `refused`,
 * where no host that it changed knows of it, and where it is of another machine now.
 */
export async function catchUp(run: RunId, hosts: Hosts, claims: readonly Wanted[]): Promise<void> {
  const copies = await Promise.all(
    claims.map(async ({ host }) => {
      const found = await hosts
        .on(host)
        .then((one) => readMirror(one, { run }))
        .catch(() => undefined)
      return { host, lines: found?.flatMap(({ lines }) => lines) }
    }),
  )
  const own = linesIn(await journalText(run))
  refuseStrangers(
    run,
    own.map(({ event }) => event),
    copies.flatMap(({ host, lines }) => (lines?.length === 0 ? [host] : [])),
  )
  const merged = mergedCopies(
    own.map(({ line }) => line),
    copies.map(({ lines = [] }) => lines),
  )
  if (merged.news.length === 0) return
  refuseAdopted(run, merged)
  await importJournal(run, merged.lines)
}

/**
 * A host has a run's journal before anything is changed there. Where none of them has, they are others by the same names: another
 * fleet's, or built anew.
 */
function refuseStrangers(run: RunId, events: readonly Event[], strangers: readonly HostName[]): void {
  const begun = events.find((event) => event.event === 'run')
  const steps = begun?.plan.stages.flatMap((stage) => stage.steps) ?? []
  const those = (name: 'applying' | 'verified') =>
    new Set(events.flatMap((event) => (event.event === name ? [event.step] : [])))
  const [applied, verified] = [those('applying'), those('verified')]
  // One that was not verified may never have been sent.
  const done = steps.filter(({ id }) => applied.has(id) && verified.has(id))
  const changed = [...new Set(done.map(({ host }) => host))]
  if (changed.length === 0 || !changed.every((host) => strangers.includes(host))) return
  const fleet = begun?.fleet === undefined ? '' : `, ${begun.fleet}`
  throw new ZdtError(`${changed.join(', ')} know nothing of run ${run}, which has changed hosts of these names`, {
    code: 'strange-hosts',
    exit: 'refused',
    said: 'they are those of another fleet, were built anew, or no longer keep what is older than 30 days',
    suggestions: [
      `the same with --fleet FILE   # of the fleet that it was begun with${fleet}`,
      `zdt runs show ${run}   # what it did`,
    ],
  })
}
