import { importLines, linesBeyond } from '../engine/import-journal.ts'
import { readJournal } from '../engine/journal.ts'
import { readMirror } from '../engine/read-mirror.ts'
import type { Hosts } from '../hosts/host.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import type { RunId } from '../lib/types.ts'

/**
 * Brings this machine's journal of a run up to what the hosts tell: somebody may have adopted the run and gone on with it.
 * A host that cannot be asked has nothing to add. To be called under the run's locks, where nobody writes on.
 */
export async function catchUp(run: RunId, hosts: Hosts, claims: readonly Wanted[]): Promise<void> {
  const copies = await Promise.all(
    claims.map(async ({ host }) => {
      const found = await hosts
        .on(host)
        .then((one) => readMirror(one, { run }))
        .catch(() => [])
      return found.flatMap(({ lines }) => lines)
    }),
  )
  const fullest = copies.toSorted((a, b) => b.length - a.length)[0] ?? []
  const own = await readJournal(run)
  const beyond = linesBeyond(
    own.map((event) => JSON.stringify(event)),
    fullest,
  )
  if (beyond.length > 0) await importLines(run, beyond)
}
