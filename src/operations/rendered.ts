import { configurationsOf, poolsBehind, upstreamFile, type Configuration } from '../fleet/configurations.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Daemon, Rendered, RenderedFile } from '../lib/rendered.ts'
import type { HostName } from '../lib/types.ts'
import { secretsOf } from './secrets.ts'
import { splitFilesOf } from './split/files.ts'

/** The version of a daemon on a host, such as `3.0.11`; asked for only where a template wants it. */
export type VersionOf = (daemon: Daemon, host: HostName) => Promise<string>

export type LiveText = (host: HostName, path: string) => Promise<string | undefined>

interface Asking {
  readonly versionOf: VersionOf
  /**
   * What a file on a host says now, undefined where there is none: who of an upstream's servers is drained is kept. Without
   * it they are as nobody had told nginx anything.
   */
  readonly liveText?: LiveText
  readonly env?: NodeJS.ProcessEnv
}

/**
 * The configurations of the selected hosts and services (see configurationsOf), as they are to be. Hosts are not touched,
 * but for their daemons' versions. Throws TemplateError, UnreadVariable, SecretUnavailable, SourceUnreadable, UnknownName.
 */
export async function renderFleet(
  fleet: Fleet,
  selection: readonly string[],
  { versionOf, liveText, env }: Asking,
): Promise<Rendered[]> {
  const selected = configurationsOf(fleet, selection)
  // Handlebars is loaded where something is rendered: start-up time is a feature.
  const { libraryOf, renderConfiguration } = await import('../render/configuration.ts')
  const library = libraryOf(fleet)
  const secret = secretsOf(fleet, env)
  const secretNames = [...fleet.secrets.keys()]
  return await Promise.all(
    selected.map(async (configuration) => {
      const version = () => versionOf(configuration.daemon, configuration.host)
      const rendered = await renderConfiguration(fleet, configuration, library, { version, secretNames, secret })
      const whole = { ...rendered, files: [...rendered.files, ...freshSplits(fleet, configuration)] }
      return liveText ? await asToldAtRunTime(fleet, configuration, whole, liveText) : whole
    }),
  )
}

function freshSplits(fleet: Fleet, configuration: Configuration): RenderedFile[] {
  return splitFilesOf(fleet, configuration).map(({ path, text }) => {
    return { path, content: text(), mode: '0644', closed: false, secret: false }
  })
}

/** What is told at run time is in files: of nginx's upstreams `down` and weights, of splits their rules. What those say now goes over. */
export async function asToldAtRunTime(
  fleet: Fleet,
  configuration: Configuration,
  rendered: Rendered,
  liveText: LiveText,
): Promise<Rendered> {
  const keepers = await keepersOf(fleet, configuration)
  const files = await Promise.all(
    rendered.files.map(async (file) => {
      const keep = keepers.get(file.path)
      const live = keep && (await liveText(rendered.host, file.path))
      return keep === undefined || live === undefined ? file : { ...file, content: keep(file.content, live) }
    }),
  )
  return { ...rendered, files }
}

type Keep = (fresh: string, live: string) => string

/** By path, how what is told at run time gets into a file that is made anew. */
async function keepersOf(fleet: Fleet, configuration: Configuration): Promise<ReadonlyMap<string, Keep>> {
  const splits = splitFilesOf(fleet, configuration).map(({ path, text }): [string, Keep] => [
    path,
    (_, live) => text(live),
  ])
  if (configuration.daemon !== 'nginx') return new Map(splits)
  const [group] = configuration.groups
  const pools = poolsBehind(fleet, group)
  if (pools.length === 0) return new Map(splits)
  const { keptServers } = await import('./upstreams/kept-servers.ts')
  return new Map([
    ...splits,
    ...pools.map((pool): [string, Keep] => [upstreamFile(group, pool), (...texts) => keptServers(pool, ...texts)]),
  ])
}
