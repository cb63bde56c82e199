import { configurationsOf } from '../fleet/configurations.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Daemon, Rendered } from '../lib/rendered.ts'
import type { HostName } from '../lib/types.ts'
import { secretsOf } from './secrets.ts'

/** The version of a daemon on a host, such as `3.0.11`; asked for only where a template wants it. */
export type VersionOf = (daemon: Daemon, host: HostName) => Promise<string>

/**
 * The configurations of the selected hosts and services (see configurationsOf), as they are to be. Hosts are not touched,
 * but for their daemons' versions. Throws TemplateError, UnreadVariable, SecretUnavailable, SourceUnreadable, UnknownName.
 */
export async function renderFleet(
  fleet: Fleet,
  selection: readonly string[],
  { versionOf, env }: { readonly versionOf: VersionOf; readonly env?: NodeJS.ProcessEnv },
): Promise<Rendered[]> {
  const selected = configurationsOf(fleet, selection)
  // Handlebars is loaded where something is rendered: start-up time is a feature.
  const { libraryOf, renderConfiguration } = await import('../render/configuration.ts')
  const library = libraryOf(fleet)
  const secret = secretsOf(fleet, env)
  const secretNames = [...fleet.secrets.keys()]
  return await Promise.all(
    selected.map((configuration) => {
      const version = () => versionOf(configuration.daemon, configuration.host)
      return renderConfiguration(fleet, configuration, library, { version, secretNames, secret })
    }),
  )
}
