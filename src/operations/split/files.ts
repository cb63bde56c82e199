import { splitFile, splitMapFile, splitsOf, type Configuration } from '../../fleet/configurations.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { mapsOf, noRules, type Variant } from '../../lib/split-rules.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import { entriesOf, mapText, parseMapText, rulesOf } from '../../daemons/haproxy/split-maps.ts'
import { parseSplitFile, splitFileText } from '../../daemons/nginx/split-file.ts'

/** A file in which a split is told at run time. */
export interface SplitFile {
  readonly path: string
  /** What it is to say: the rules that it says now, in the form of today's zdt.yaml; none where it is not there. */
  readonly text: (now?: string) => string
}

/** The backends or upstreams of a split's pools. */
export type Backends = { readonly [which in Variant]: string }

/** Those of one split. */
export function backendsOf(fleet: Fleet, { a, b }: SplitSpec): Backends {
  return { a: fleet.pools.get(a)?.backend ?? a, b: fleet.pools.get(b)?.backend ?? b }
}

/** The files of the splits of one configuration. */
export function splitFilesOf(fleet: Fleet, { daemon, groups: [group] }: Configuration): SplitFile[] {
  if (daemon === 'keepalived') return []
  return splitsOf(fleet, daemon, group.name).flatMap((split) => {
    if (daemon === 'haproxy') {
      return mapsOf(split).map((map) => ({
        path: splitMapFile(group, split, map),
        text: (now = '') => mapText(split.name, entriesOf(rulesOf(new Map([[map, parseMapText(now)]])).rules, map)),
      }))
    }
    const text = (now?: string) =>
      splitFileText(split, now === undefined ? noRules : parseSplitFile(split.name, now), backendsOf(fleet, split))
    return [{ path: splitFile(group, split), text }]
  })
}
