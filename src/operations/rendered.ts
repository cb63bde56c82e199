import { configurationsOf, poolsBehind, upstreamFile, type Configuration } from '../fleet/configurations.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Daemon, Rendered } from '../lib/rendered.ts'
import type { HostName } from '../lib/types.ts'
import { secretsOf } from './secrets.ts'

/** The version of a daemon on a host, such as `3.0.11`; asked for only where a template wants it. */
export type VersionOf = (daemon: Daemon, host: HostName) => Promise<string>

interface Asking {
  readonly versionOf: VersionOf
  /**
   * What a file on a host says now, undefined where there is none: who of an upstream's servers is drained is kept. Without
   * it they are as nobody had told nginx anything.
   */
  readonly liveText?: (host: HostName, path: string) => Promise<string | undefined>
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
      return liveText ? await asToldAtRunTime(fleet, configuration, rendered, liveText) : rendered
    }),
  )
}

/** nginx's runtime state is in the files of its upstreams: what they say of `down` and weights goes over. */
export async function asToldAtRunTime(
  fleet: Fleet,
  configuration: Configuration,
  rendered: Rendered,
  liveText: NonNullable<Asking['liveText']>,
): Promise<Rendered> {
  if (configuration.daemon !== 'nginx') return rendered
  const [group] = configuration.groups
  const kept = new Set(poolsBehind(fleet, group).map((pool) => upstreamFile(group, pool)))
  if (kept.size === 0) return rendered
  const { keepRunTime } = await import('../daemons/nginx/upstream/servers-file.ts')
  const files = await Promise.all(
    rendered.files.map(async (file) => {
      if (!kept.has(file.path)) return file
      const live = await liveText(rendered.host, file.path)
      return live === undefined ? file : { ...file, content: keepRunTime(file.content, live) }
    }),
  )
  return { ...rendered, files }
}
