import { haproxyPicture } from '../../daemons/haproxy/picture.ts'
import { readUpstreams } from '../../daemons/nginx/upstream/read.ts'
import { poolsBehind, upstreamFile, type Configuration } from '../../fleet/configurations.ts'
import { textAt } from '../../hosts/text-at.ts'
import { assertNever } from '../../lib/types.ts'
import type { World } from '../operation.ts'
import { askedOfHaproxy, askedOfKeepalived, askedOfNginx, type AskedBefore } from './asked-before.ts'
import { refuseOtherAdverts } from './other-adverts.ts'
import { verdictsOn } from './verdicts.ts'

/** What is asked before a daemon reads what lies on its host, and what an operator is to know of that. */
export interface Lying {
  readonly asked: readonly AskedBefore[]
  readonly facts: readonly string[]
}

/**
 * Of files that lie on a host, whoever wrote them: they come live where a daemon is reloaded, replaced or started anew. Asked at
 * once. Throws TooFewLeft, VipWouldMove, NodesDiffer and the like, and what hosts throw.
 */
export async function askedOfWhatLies(
  world: Pick<World, 'fleet' | 'hosts'>,
  configuration: Configuration,
  asking: { readonly anyway: string; readonly allowEmpty: boolean },
): Promise<Lying> {
  const lying = await lyingOf(world, configuration, asking)
  await Promise.all(lying.asked.map(({ now }) => now()))
  return lying
}

async function lyingOf(
  world: Pick<World, 'fleet' | 'hosts'>,
  configuration: Configuration,
  { anyway, allowEmpty }: { readonly anyway: string; readonly allowEmpty: boolean },
): Promise<Lying> {
  const { daemon, host: name } = configuration
  const host = await world.hosts.on(name)
  const asking = { host: name, anyway, allowEmpty }
  switch (daemon) {
    case 'haproxy': {
      const [group] = configuration.groups
      const [next = '', { master }] = await Promise.all([textAt(host, group.config), haproxyPicture(host, group.unit)])
      const files = master?.argv.filter((_word, index, argv) => argv[index - 1] === '-f') ?? []
      const whole = files.length === 1 && files[0] === group.config
      const read = { next: group.config, ...(whole && { whole: true as const }) }
      const verdicts = await verdictsOn(host, group.socket, { next })
      return {
        asked: askedOfHaproxy(world, group, read, { next }, asking),
        facts: verdicts.map(({ text }) => text),
      }
    }
    case 'keepalived': {
      const text = await textAt(host, configuration.groups[0].config)
      await refuseOtherAdverts(world, name)
      return { asked: askedOfKeepalived(world, name, (one) => (one === name ? text : undefined)), facts: [] }
    }
    case 'nginx': {
      const [group] = configuration.groups
      const files = poolsBehind(world.fleet, group).map((pool) => upstreamFile(group, pool))
      const { changed, texts } = await readUpstreams(host, group, files)
      const textOf = (path: string) => (changed.includes(path) ? texts[files.indexOf(path)] : undefined)
      return {
        asked: askedOfNginx(world, group, 'unread', textOf, asking),
        facts: changed.map((path) => `${path} on ${name} was changed after nginx had read it: it comes live with this`),
      }
    }
    default:
      return assertNever(configuration)
  }
}
