import type { Fleet } from '../fleet/fleet.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import type { Hosts } from '../hosts/host.ts'
import type { RunId } from '../lib/types.ts'
import type { Proposal } from './proposal.ts'

/** What an operation looks at, under its run's name. */
export interface World {
  readonly fleet: Fleet
  readonly hosts: Hosts
  readonly id: RunId
}

/** Something an operator wants. */
export interface Operation<Options> {
  /** What the operator would call it: `drain app2`. */
  title(options: Options): string
  /** What the run must have for itself before anything is looked at for it. Pure. Throws UnknownName and the like. */
  claims(fleet: Fleet, options: Options): Wanted[]
  /**
   * Looked at before any lock is taken: where nothing is to be done, none is. Otherwise it looks again under its locks.
   */
  readonly looksFirst?: boolean
  /** Looks, and says what it would do. Changes nothing. Throws what it refuses. */
  propose(world: World, options: Options): Promise<Proposal>
}
