import type { Configurations } from '../../daemons/haproxy/kept/keeping.ts'
import { configuredInstances, saysAllItself } from '../../daemons/keepalived/config-instances.ts'
import { sameAddress } from '../../daemons/linux/ip.ts'
import type { StepDraft } from '../../engine/plan.ts'
import { poolsBehind, upstreamFile } from '../../fleet/configurations.ts'
import type { Fleet, HaproxySpec, KeepalivedSpec, NginxSpec, Pool } from '../../fleet/fleet.ts'
import type { HostName } from '../../lib/types.ts'
import {
  enoughAfterReload,
  refuseTooFewAfterReload,
  type PoolsAfterReload,
} from '../../steps/haproxy/enough-after-reload.ts'
import {
  enoughAnswerAfter,
  refuseTooFewAnswerAfter,
  sentTo,
  type UpstreamsAfterReload,
} from '../../steps/upstream/enough-after-reload.ts'
import { refuseToMove, vipStays, type VipStays } from '../../steps/vip/stays.ts'
import type { World } from '../operation.ts'
import { healthOf } from '../upstreams/look.ts'

/** What is asked before a daemon reads other files: now, and right before, when the world may be another. */
export interface AskedBefore {
  /** Throws what the question refuses, and what hosts throw. */
  readonly now: () => Promise<void>
  readonly guard: StepDraft
}

/** Where it is asked, and how pools are let be that would have too few servers. */
export interface Asking {
  readonly host: HostName
  readonly anyway?: string
  readonly allowEmpty: boolean
}

type Known = Pick<World, 'fleet' | 'hosts'>

/** Of HAProxy: its pools keep enough when it reads what is to lie at `next`. `texts`: what the files are to say. */
export function askedOfHaproxy(
  { fleet, hosts }: Known,
  { name, unit, socket }: HaproxySpec,
  files: Pick<PoolsAfterReload, 'next' | 'running' | 'atRest' | 'whole'>,
  texts: Configurations,
  { host, anyway, allowEmpty }: Asking,
): AskedBefore[] {
  const pools = poolsOf(fleet, name).map((pool) => ({
    ...asked(pool),
    backend: pool.backend,
    servers: pool.servers.map(({ name: server }) => server),
  }))
  if (allowEmpty || pools.length === 0) return []
  const question: PoolsAfterReload = { unit, socket, ...files, pools, ...(anyway !== undefined && { anyway }) }
  return [
    {
      now: async () => refuseTooFewAfterReload(await hosts.on(host), question, texts),
      guard: enoughAfterReload.at(host, question),
    },
  ]
}

/** Of nginx: the pools whose files are to say what `nextOf` tells; undefined: the file is none of those. */
export function askedOfNginx(
  { fleet, hosts }: Known,
  group: NginxSpec,
  lies: UpstreamsAfterReload['lies'],
  nextOf: (path: string) => string | undefined,
  { host, anyway, allowEmpty }: Asking,
): AskedBefore[] {
  const pools = poolsBehind(fleet, group).flatMap((pool) => {
    const file = upstreamFile(group, pool)
    const next = nextOf(file)
    const servers = pool.servers.map(({ name, address, port }) => ({ name, address, port }))
    return next === undefined ? [] : [{ ...asked(pool), file, servers, next: sentTo(next, servers) }]
  })
  if (allowEmpty || pools.length === 0) return []
  const { unit, config } = group
  const question: UpstreamsAfterReload = { unit, config, pools, lies, ...(anyway !== undefined && { anyway }) }
  return [
    {
      now: async () => refuseTooFewAnswerAfter(await hosts.on(host), question),
      guard: enoughAnswerAfter.at(host, question),
    },
  ]
}

/** Of Keepalived: every VIP of the host stays where it is. `textOf`: what a node is to read; undefined: it reads nothing. */
export function askedOfKeepalived(
  { fleet, hosts }: Known,
  host: HostName,
  textOf: (host: HostName) => string | undefined,
  how: Pick<VipStays, 'withoutLost'> = {},
): AskedBefore[] {
  const vips = [...fleet.keepalived.values()].filter((vip) => vip.hosts.includes(host))
  return vips.map((vip) => {
    const question = { ...staysOf(vip, textOf), ...how }
    return { now: () => refuseToMove(question, (name) => hosts.on(name)), guard: vipStays.at(host, question) }
  })
}

function staysOf(
  { name, address, unit, hosts }: KeepalivedSpec,
  textOf: (host: HostName) => string | undefined,
): VipStays {
  return { name, address, unit, nodes: hosts.map((host) => ({ host, ...saidOf(textOf(host), address) })) }
}

/** What a keepalived.conf says of a VIP; nothing where it does not say all itself. */
function saidOf(text: string | undefined, address: string): Omit<VipStays['nodes'][number], 'host'> {
  if (text === undefined || !saysAllItself(text)) return {}
  const own = configuredInstances(text).find(({ addresses }) => addresses.some((one) => sameAddress(one, address)))
  return own ? { priority: own.priority, preempts: own.preempts, routerId: own.routerId } : { gone: true }
}

function poolsOf(fleet: Fleet, group: string): Pool[] {
  return [...fleet.pools.values()].filter(({ balancer }) => balancer.kind === 'haproxy' && balancer.name === group)
}

function asked(pool: Pool) {
  return { pool: pool.name, wanted: pool.minAvailable, health: healthOf(pool) }
}
