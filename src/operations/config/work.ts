import type { StepDraft } from '../../engine/plan.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { FileMove } from '../../hosts/config/change.ts'
import { keptName, stagedPath } from '../../hosts/config/places.ts'
import { inBatches, type BatchSize } from '../../lib/batches.ts'
import { sha256 } from '../../lib/digest.ts'
import type { Daemon } from '../../lib/rendered.ts'
import type { HostName, RunId } from '../../lib/types.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'
import type { Place } from '../../daemons/haproxy/commands.ts'
import type { RuntimeChange } from '../../daemons/haproxy/needs/change.ts'
import { needed } from './needs.ts'
import { isOpen } from './open.ts'
import { maxReloadsIn } from '../../daemons/haproxy/old-workers.ts'
import type { Compared } from './compare.ts'

/** One daemon's configuration on one host on its way, as its steps are given it. */
export interface Work {
  readonly host: HostName
  readonly which: Which
  /** HAProxy's master's, and how many reloads it lets a worker outlive, where its configuration says so. */
  readonly master?: { readonly masterSocket: string; readonly maxReloads?: number }
  /** All files of the set, those that stay as they are too. */
  readonly moves: readonly FileMove[]
  /** The version that is kept of what lies there. */
  readonly kept: string
  /** Servers that a reload brings, to begin in maintenance. */
  readonly atRest?: readonly Place[]
  /** Asked right before it is reloaded, and right before the files of before are read again. */
  readonly asks?: readonly StepDraft[]
  readonly asksBack?: readonly StepDraft[]
  /** What the runtime CLI makes of it; undefined where it takes a reload. */
  readonly changes?: readonly RuntimeChange[]
}

/** What is to be done of a comparison. */
export function workOf(fleet: Fleet, { rendered, files, change, atRest = [] }: Compared, id: RunId): Work {
  const { host, daemon, unit, group } = rendered
  const balancer = daemon === 'haproxy' ? fleet.haproxy.get(group) : undefined
  const socket = balancer?.socket
  const maxReloads = maxReloadsIn(files[0]?.text ?? files[0]?.file.content ?? '')
  return {
    host,
    which: { daemon, unit, group, config: files[0]?.file.path ?? '', ...(socket !== undefined && { socket }) },
    ...(balancer && {
      master: { masterSocket: balancer.masterSocket, ...(maxReloads !== undefined && { maxReloads }) },
    }),
    moves: files.map(({ file: { path, mode, content, closed }, live: { target, sha256: from, mode: now } }) => ({
      path,
      target,
      staged: stagedPath(target, id),
      from,
      to: sha256(content),
      mode,
      ...(closed && isOpen(now) && { closes: true as const }),
    })),
    kept: keptName(id),
    ...(atRest.length > 0 && { atRest: atRest.map(({ backend, server }) => ({ backend, server })) }),
    ...(['nothing', 'runtime'].includes(needed(change)) && {
      changes: (change.needs ?? []).flatMap((one) => one.change ?? []),
    }),
  }
}

/** The files that are new: they are uploaded and tried. */
export function newOf({ moves }: Pick<Work, 'moves'>): FileMove[] {
  return moves.filter(({ from, to }) => from !== to)
}

/** What stands behind another goes first: HAProxy is sent traffic by a VIP, and sends it to nginx. */
const order: readonly Daemon[] = ['nginx', 'haproxy', 'keepalived']

/** Daemon by daemon, group by group, in batches; Keepalived's that must be reloaded in one moment are one batch. */
export function batchesOf(
  works: readonly Work[],
  sizes: readonly BatchSize[],
  together: ReadonlySet<HostName>,
): Work[][] {
  const isTogether = ({ which, host }: Work) => which.daemon === 'keepalived' && together.has(host)
  const atOnce = works.filter(isTogether)
  const others = works.filter((work) => !isTogether(work))
  const ofGroup = (daemon: Daemon, group: string) =>
    others.filter(({ which }) => which.daemon === daemon && which.group === group)
  const one = order.flatMap((daemon) => {
    const groups = [...new Set(others.filter(({ which }) => which.daemon === daemon).map(({ which }) => which.group))]
    return groups.flatMap((group) => inBatches(ofGroup(daemon, group), sizes))
  })
  return atOnce.length > 0 ? [...one, atOnce] : one
}
