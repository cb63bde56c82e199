import type { Host } from '../../hosts/host.ts'
import type { Millis } from '../../lib/types.ts'

/** One package, before and after. */
export type PackageChange = {
  /** With its architecture where the manager needs it to tell two apart: `nginx`, `libc6:i386`. */
  readonly name: string
  /** Null where it is not installed. */
  readonly from: string | null
  readonly to: string
  readonly architecture: string
}

/** What installing a version would do on a host. */
export type PackagePlan = {
  /** The package that the file is of. */
  readonly owner: string
  readonly installed: string
  /** All that changes, the owner among it; empty when that version is installed. */
  readonly changes: readonly PackageChange[]
  /** When the host last heard what packages there are; milliseconds since 1970, null when it never did. */
  readonly heard: number | null
}

/** `latest`: what the host's package manager takes for the best. */
export type WantedVersion = 'latest' | (string & {})

interface Options {
  readonly signal?: AbortSignal
}

/** A host's package manager, as far as an upgrade needs it. Each throws PackagesUnfit with the manager's own words. */
export interface PackageManager {
  /** What would change, were the package that `path` is of to have this version. Touches nothing. */
  foresee(host: Host, path: string, wanted: WantedVersion, options?: Options): Promise<PackagePlan>
  /** Fetches the new packages, and those that are installed for the way back, into `dir`. */
  fetch(host: Host, dir: string, changes: readonly PackageChange[], options?: Options): Promise<void>
  /** Is all of that there, whole? */
  isFetched(host: Host, dir: string, options?: Options): Promise<boolean>
  /** Installs what was fetched, `new` or `old`, while nobody may start, stop or reload a service. */
  install(
    host: Host,
    dir: string,
    which: 'new' | 'old',
    changes: readonly PackageChange[],
    options?: Options,
  ): Promise<void>
  /** Waits until no install from `dir` is under way: one whose connection died goes on by itself to its end. */
  settled(host: Host, dir: string, options?: Options): Promise<void>
  /** The versions that are whole now, by name; null where one is not installed, or not whole. */
  versions(host: Host, names: readonly string[], options?: Options): Promise<Readonly<Record<string, string | null>>>
  /** Did an install that died leave something on the host? */
  litter(host: Host, options?: Options): Promise<boolean>
  /** Takes that away. */
  clearLitter(host: Host, options?: Options): Promise<void>
  /** For a person to type, last: the way back. */
  byHand(dir: string, which: 'new' | 'old', changes: readonly PackageChange[]): string
}

/** How long an install may take; it waits for somebody else's for two minutes of that. */
export const installTime: Millis = 15 * 60_000
