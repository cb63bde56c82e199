import { posix } from 'node:path'

/** Where a host keeps what zdt knows of its configurations; root's alone. */
const base = '/var/lib/zdt/config'

/** How many versions of before are kept of a unit's configuration; of what is told at run time enough for a whole rollout's way back. */
export const versionsKept = { kept: 10, 'run-time': 1000 } as const

/** What zdt keeps of one unit's configuration. */
export function unitDirectory(unit: string): string {
  return `${base}/${unit}`
}

/** What lay there before a run replaced it. */
export function keptDirectory({ directory, shelf, name }: Kept): string {
  return `${directory}/${shelf ?? 'kept'}/${name}`
}

/** One of its files, by where it lay. */
export function keptFile(kept: Kept, target: string): string {
  return `${keptDirectory(kept)}/files${target}`
}

/**
 * A version: in which unit's directory it is kept, and by what name. What is set at run time (who is drained) has a shelf
 * of its own, so that ten drains do not push out the last ten configurations.
 */
export type Kept = { readonly directory: string; readonly shelf?: 'run-time'; readonly name: string }

/** The name of the version that a run keeps; names sort by time: `20261121T123045Z-7K2Q9X`. */
export function keptName(run: string, now = new Date()): string {
  return `${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${run}`
}

/** Beside its target, so that putting it in place is a rename; with a dot, so that no `include *` and no `crt DIR` reads it. */
export function stagedPath(target: string, run: string): string {
  return posix.join(posix.dirname(target), `.${posix.basename(target)}.zdt-new-${run}`)
}

/** The run in such a name. */
export function runIn(name: string): string {
  return name.slice(name.indexOf('-') + 1)
}
