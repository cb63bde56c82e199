import { configuredInstances } from '../../daemons/keepalived/config-instances.ts'
import { sendsTo } from '../../daemons/haproxy/config/sends-to.ts'
import { sameAddress } from '../../daemons/linux/ip.ts'
import type { StepDraft } from '../../engine/plan.ts'
import { poolsBehind, upstreamFile } from '../../fleet/configurations.ts'
import type { Fleet, HaproxySpec, KeepalivedSpec, NginxSpec, Pool } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'
import { enoughAfterReload, refuseTooFewAfter, type AfterReload } from '../../steps/haproxy/enough-after-reload.ts'
import {
  enoughAnswerAfter,
  refuseTooFewAfter as refuseTooFewBehind,
  sentTo,
  type AfterReload as AfterReloadBehind,
} from '../../steps/upstream/enough-after-reload.ts'
import { refuseToMove, vipStays, type VipStays } from '../../steps/vip/stays.ts'
import { healthOf } from '../upstreams/look.ts'

/** What is asked before a daemon reads other files: now, and right before, when the world may be another. */
export interface AskedBefore {
  /** Throws what the question refuses, and what hosts throw. */
  readonly now: () => Promise<void>
  readonly guard: StepDraft
}

/** Texts of a host's files, by their paths; undefined: there is none. */
export type TextOf = (path: string) => string | undefined

/** How pools are let be that would have too few servers. */
interface Asking {
  readonly anyway: string
  readonly allowEmpty: boolean
  /** What is to be read lies in its place already: who was sent to before is not known. */
  readonly unread?: true
}

/** Of HAProxy: its pools keep enough with `next`. `before`: what it is instead of; `resting`: who comes and is sent nobody yet. */
export function askedOfHaproxy(
  { fleet, hosts }: { readonly fleet: Fleet; readonly hosts: Hosts },
  host: HostName,
  { name, unit, socket }: HaproxySpec,
  texts: { readonly next: string; readonly before?: string; readonly resting?: readonly string[] },
  { anyway, allowEmpty }: Asking,
): AskedBefore[] {
  if (allowEmpty) return []
  const { next, before, resting = [] } = texts
  const backends = sendsTo(next, before)
  // One that is in another file is none of this one's.
  const own = sendsTo(before ?? next)
  const pools = [...fleet.pools.values()]
    .filter(({ balancer, backend }) => balancer.kind === 'haproxy' && balancer.name === name && own.has(backend))
    .map((pool) => ({
      ...asked(pool),
      backend: pool.backend,
      next: (backends.get(pool.backend) ?? []).filter(({ server }) => !resting.includes(`${pool.backend}/${server}`)),
    }))
  if (pools.length === 0) return []
  const question: AfterReload = { unit, socket, pools, anyway }
  return [
    {
      now: async () => refuseTooFewAfter(await hosts.on(host), question),
      guard: enoughAfterReload.at(host, question),
    },
  ]
}

/** Of nginx: the pools whose files are others than they were. */
export function askedOfNginx(
  { fleet, hosts }: { readonly fleet: Fleet; readonly hosts: Hosts },
  host: HostName,
  group: NginxSpec,
  nextOf: TextOf,
  { anyway, allowEmpty, unread }: Asking,
): AskedBefore[] {
  if (allowEmpty) return []
  const pools = poolsBehind(fleet, group).flatMap((pool) => {
    const file = upstreamFile(group, pool)
    const next = nextOf(file)
    if (next === undefined) return []
    const servers = pool.servers.map(({ name, address, port }) => ({ name, address, port }))
    return [{ ...asked(pool), file, servers, next: sentTo(next, servers), ...(unread && { unread }) }]
  })
  if (pools.length === 0) return []
  const question: AfterReloadBehind = { pools, anyway }
  return [
    {
      now: async () => refuseTooFewBehind(await hosts.on(host), question),
      guard: enoughAnswerAfter.at(host, question),
    },
  ]
}

/** Of Keepalived: every VIP of the host stays where it is. */
export function askedOfKeepalived(
  { fleet, hosts }: { readonly fleet: Fleet; readonly hosts: Hosts },
  host: HostName,
  textOf: (host: HostName) => string | undefined,
  { withoutLost }: Pick<VipStays, 'withoutLost'> = {},
): AskedBefore[] {
  const vips = [...fleet.keepalived.values()].filter((vip) => vip.hosts.includes(host))
  return vips.map((vip) => {
    const question = { ...staysOf(vip, textOf), ...(withoutLost && { withoutLost }) }
    return { now: () => refuseToMove(question, (name) => hosts.on(name)), guard: vipStays.at(host, question) }
  })
}

function staysOf({ name, address, unit, hosts }: KeepalivedSpec, textOf: (host: HostName) => string | undefined) {
  const nodes = hosts.map((host) => {
    const text = textOf(host)
    const all = text === undefined ? [] : configuredInstances(text)
    const own = all.find(({ addresses }) => addresses.some((one) => sameAddress(one, address)))
    return { host, ...(own && { priority: own.priority, preempts: own.preempts }) }
  })
  return { name, address, unit, nodes } satisfies VipStays
}

function asked(pool: Pool) {
  return { pool: pool.name, wanted: pool.minAvailable, health: healthOf(pool) }
}
