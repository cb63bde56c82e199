import type { MapEntry } from '../../daemons/haproxy/maps.ts'
import type { Fleet, HaproxySpec, NginxSpec } from '../../fleet/fleet.ts'
import { poolNamed } from '../../fleet/selectors.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import type { LiveFile } from '../../hosts/config/look.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Rules, SplitMap } from '../../lib/split-rules.ts'
import type { HostName } from '../../lib/types.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'

/** A split as one balancer has it. */
export interface SeenSplit {
  readonly host: HostName
  readonly which: Which
  /** By which clients are sent now. */
  readonly rules: Rules
  /** What is not as zdt leaves it, one line each. */
  readonly odd: readonly string[]
  /** What its configuration does not do of what zdt.yaml says: nobody has applied that yet. */
  readonly stale: readonly string[]
  /** Its files, and what they say; null where one is not there. */
  readonly files: readonly { readonly file: LiveFile; readonly text: string | null; readonly map?: SplitMap }[]
  /** What HAProxy has in its memory; nginx has none, nor has one that does not run. */
  readonly memory?: ReadonlyMap<SplitMap, readonly MapEntry[]>
}

/** Does it send anybody anywhere? */
export function isRunning({ which, memory }: SeenSplit): boolean {
  return which.daemon === 'nginx' || memory !== undefined
}

/** The group that balances a split's pools. */
export function groupOf(
  fleet: Fleet,
  split: SplitSpec,
): { readonly kind: 'haproxy'; readonly group: HaproxySpec } | { readonly kind: 'nginx'; readonly group: NginxSpec } {
  const { balancer } = poolNamed(fleet, split.a)
  if (balancer.kind === 'haproxy') {
    const group = fleet.haproxy.get(balancer.name)
    if (group) return { kind: 'haproxy', group }
  } else {
    const group = fleet.nginx.get(balancer.name)
    if (group) return { kind: 'nginx', group }
  }
  throw new TypeError(`checked before, yet there is no ${balancer.kind}/${balancer.name}`)
}

/** What a configuration that is not of this zdt.yaml does, as a sentence. */
export function staleLines({ name }: SplitSpec, { host, which, stale }: SeenSplit): string[] {
  if (stale.length === 0) return []
  return [`${which.config} on ${host} is not what zdt.yaml says of the split ${name}: it ${stale.join(', and ')}`]
}

/** A balancer does not send clients by what zdt would change. */
export function noSplit(
  host: HostName,
  kind: 'haproxy' | 'nginx',
  { name, config }: HaproxySpec | NginxSpec,
  split: SplitSpec,
  why: string,
): ZdtError {
  return new ZdtError(`${host} does not split ${split.a} and ${split.b}: ${why}`, {
    code: 'no-split',
    exit: 'refused',
    host,
    suggestions: [
      `zdt apply ${kind}/${name}   # where zdt writes ${config}`,
      `or put into ${config} what docs/splits.md has, and reload`,
    ],
  })
}
