import { configuredServers } from '../../daemons/haproxy/config/configured.ts'
import { isBackend, parseConfig } from '../../daemons/haproxy/config/sections.ts'
import type { StepDraft } from '../../engine/plan.ts'
import { keptFile, unitDirectory } from '../../hosts/config/places.ts'
import type { HostName } from '../../lib/types.ts'
import { sentTo } from '../../steps/upstream/enough-after-reload.ts'
import type { World } from '../operation.ts'
import {
  askedOfHaproxy,
  askedOfKeepalived,
  askedOfNginx,
  type AskedBefore,
  type Asking,
} from '../before-reading/asked-before.ts'
import type { Compared } from './compare.ts'
import type { Work } from './work.ts'

/** What is asked before one configuration is read, and before the one of before is read again. */
export interface Asked {
  readonly first: readonly AskedBefore[]
  readonly back: readonly StepDraft[]
}

/** Of a configuration that takes a reload, and of what else the run changes. Nothing where nobody leaves a pool, and no VIP is touched. */
export function askedOf(
  world: Pick<World, 'fleet' | 'hosts'>,
  one: Compared,
  { work, compared, allowEmpty }: { work: Work; compared: readonly Compared[]; allowEmpty: boolean },
): Asked {
  const { host, daemon, group } = one.rendered
  const { haproxy, nginx } = world.fleet
  const there = { host, anyway: 'the same with --allow-empty', allowEmpty }
  const back = { host, allowEmpty: false }
  const [balancer, web] = [haproxy.get(group), nginx.get(group)]
  if (daemon === 'haproxy' && balancer) return haproxyAsked(world, one, work, { balancer, there, back })
  if (daemon === 'nginx' && web) {
    const differing = one.files.filter(
      ({ text = '', live, file }) =>
        live.sha256 !== null && names(sentTo(text, [])) !== names(sentTo(file.content, [])),
    )
    const fileAt = (path: string) => differing.find(({ file }) => file.path === path)
    return {
      first: askedOfNginx(world, web, 'running', (path) => fileAt(path)?.file.content, there),
      back: guards(askedOfNginx(world, web, 'maybe', (path) => fileAt(path)?.text, back)),
    }
  }
  // The others of its VIPs read only what this run brings them.
  const changed = (name: HostName) =>
    compared
      .find(
        ({ rendered, change }) => rendered.daemon === 'keepalived' && rendered.host === name && change.files.length > 0,
      )
      ?.files.find(({ text }) => text !== undefined)
  return {
    first: askedOfKeepalived(world, host, (name) => changed(name)?.file.content),
    back: guards(askedOfKeepalived(world, host, (name) => changed(name)?.text, { withoutLost: true })),
  }
}

function haproxyAsked(
  world: Pick<World, 'fleet' | 'hosts'>,
  { files: [main] }: Compared,
  { which, moves: [move], kept, atRest }: Work,
  { balancer, there, back }: { balancer: Parameters<typeof askedOfHaproxy>[1]; there: Asking; back: Asking },
): Asked {
  if (main?.text === undefined || main.live.sha256 === null || !move) return { first: [], back: [] }
  const [before, next] = [main.text, main.file.content]
  if (sendsTo(before) === sendsTo(next)) return { first: [], back: [] }
  const lain = keptFile({ directory: unitDirectory(which.unit), name: kept }, move.target)
  return {
    first: askedOfHaproxy(
      world,
      balancer,
      {
        next: move.staged,
        running: move.target,
        ...(isWithoutRenaming(before, next) && { whole: true }),
        ...(atRest && { atRest }),
      },
      { next, running: before, ...(atRest && { atRest }) },
      there,
    ),
    back: guards(
      askedOfHaproxy(world, balancer, { next: lain, running: move.target }, { next: before, running: next }, back),
    ),
  }
}

/** A backend that comes while another goes may be that one. */
function isWithoutRenaming(before: string, next: string): boolean {
  const [was, is] = [before, next].map((text) =>
    parseConfig(text)
      .filter(isBackend)
      .map(({ name }) => name),
  )
  return is?.every((name) => was?.includes(name)) === true
}

/** Whom a haproxy.cfg sends to. */
function sendsTo(text: string): string {
  const sent = configuredServers(text).filter(({ disabled, weight }) => !disabled && weight !== 0)
  return names(sent.map(({ backend, server, where }) => ({ name: `${backend}/${server} ${where}` })))
}

function names(all: readonly { readonly name: string }[]): string {
  return all
    .map(({ name }) => name)
    .toSorted()
    .join('\n')
}

function guards(asked: readonly AskedBefore[]): StepDraft[] {
  return asked.map(({ guard }) => guard)
}
