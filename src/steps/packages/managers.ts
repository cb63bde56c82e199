import { apt } from '../../daemons/packages/apt.ts'
import type { PackageManager } from '../../daemons/packages/manager.ts'

/** The package managers that a step may name. */
export const managers = { apt } as const satisfies Record<string, PackageManager>

/** A set of packages on a host: what a step changes. */
export type Packages = {
  readonly manager: keyof typeof managers
  /** On the host, of this run alone: what was fetched, and the way back. */
  readonly dir: string
  readonly changes: readonly {
    readonly name: string
    readonly from: string | null
    readonly to: string
    readonly architecture: string
  }[]
}

/** `nginx 1.22.1-9 → 1.26.3-3, nginx-common …`. */
export function inWords({ changes }: Pick<Packages, 'changes'>): string {
  return changes
    .map(({ name, from, to }) => (from === null ? `${name} ${to} (new)` : `${name} ${from} → ${to}`))
    .join(', ')
}

/** What a person types to have the new or the old ones installed, with no service touched by that. */
export function byHand({ manager, dir, changes }: Packages, which: 'new' | 'old'): string {
  return managers[manager].byHand(dir, which, changes)
}
