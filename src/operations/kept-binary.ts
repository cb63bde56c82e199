import type { RunId } from '../lib/types.ts'

/** A binary on a host that a run replaces. */
interface Replaced {
  /** The file that the daemon executes, links followed. */
  readonly target: string
  readonly id: RunId
}

/** Where the old one is kept. */
export function backupOf({ target, id }: Replaced): string {
  return `${target}.zdt-${id}`
}

/** Where the new one lies until then: beside it, on the same file system. */
export function stagedAs({ target, id }: Replaced): string {
  return `${target}.zdt-new-${id}`
}
