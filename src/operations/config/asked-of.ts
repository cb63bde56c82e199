import type { StepDraft } from '../../engine/plan.ts'
import type { HostName } from '../../lib/types.ts'
import type { World } from '../operation.ts'
import { askedOfHaproxy, askedOfKeepalived, askedOfNginx, type AskedBefore } from './asked-before.ts'
import type { Compared } from './compare.ts'
import { textsOfNode, type NodeTexts } from './vrrp.ts'

/** What is asked before one configuration is read, and before the one of before is read again. */
export interface Asked {
  readonly first: readonly AskedBefore[]
  readonly back: readonly StepDraft[]
}

/** Of a configuration that takes a reload. Throws what hosts throw. */
export async function askedOf(
  world: Pick<World, 'fleet' | 'hosts'>,
  one: Compared,
  compared: readonly Compared[],
  allowEmpty: boolean,
): Promise<Asked> {
  const { host, daemon, group } = one.rendered
  const there = { anyway: 'the same with --allow-empty', allowEmpty }
  const back = { anyway: 'zdt maint SERVER --allow-empty   # each of these, and this again', allowEmpty: false }
  const { haproxy, nginx, keepalived } = world.fleet
  const [balancer, web] = [haproxy.get(group), nginx.get(group)]
  if (daemon === 'haproxy' && balancer) {
    const [main] = one.files
    if (main?.text === undefined || main.live.sha256 === null) return { first: [], back: [] }
    const [before, next] = [main.text, main.file.content]
    const resting = one.atRest?.map(({ backend, server }) => `${backend}/${server}`) ?? []
    return {
      first: askedOfHaproxy(world, host, balancer, { next, before, resting }, there),
      back: guards(askedOfHaproxy(world, host, balancer, { next: before, before: next }, back)),
    }
  }
  if (daemon === 'nginx' && web) {
    const differing = one.files.filter(({ text, live }) => text !== undefined && live.sha256 !== null)
    const fileAt = (path: string) => differing.find(({ file }) => file.path === path)
    return {
      first: askedOfNginx(world, host, web, (path) => fileAt(path)?.file.content, there),
      back: guards(askedOfNginx(world, host, web, (path) => fileAt(path)?.text, back)),
    }
  }
  const peers = [...keepalived.values()].filter((vip) => vip.hosts.includes(host)).flatMap(({ hosts }) => hosts)
  const texts = await Promise.all(
    [...new Set(peers)].map((peer) => textsOfNode(world.fleet, world.hosts, compared, peer)),
  )
  const said = (when: (texts: NodeTexts) => string) => (name: HostName) => {
    const node = texts.find((each) => each.host === name)
    return node && when(node)
  }
  return {
    first: askedOfKeepalived(
      world,
      host,
      said(({ after }) => after.text),
    ),
    back: guards(
      askedOfKeepalived(
        world,
        host,
        said(({ before }) => before.text),
        { withoutLost: true },
      ),
    ),
  }
}

function guards(asked: readonly AskedBefore[]): StepDraft[] {
  return asked.map(({ guard }) => guard)
}
