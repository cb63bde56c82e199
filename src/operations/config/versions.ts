import { configurationsOf, type Configuration } from '../../fleet/configurations.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { keptVersions, readKept, type Version } from '../../hosts/config/kept.ts'
import { unitDirectory } from '../../hosts/config/places.ts'
import { ZdtError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { withoutOldSecrets } from '../../lib/old-secrets.ts'
import type { Daemon, Rendered } from '../../lib/rendered.ts'
import type { HostName } from '../../lib/types.ts'
import { secretsOf } from '../secrets.ts'

/** The versions that a host keeps of one daemon's configuration, the newest first. */
export type ServiceVersions = {
  readonly host: HostName
  readonly daemon: Daemon
  readonly group: string
  readonly unit: string
  readonly versions: readonly Version[]
}

/** What the hosts keep of what was live before: of each service ten versions. Throws UnknownName, and what hosts throw. */
export async function configVersions(
  fleet: Fleet,
  hosts: Hosts,
  selection: readonly string[],
): Promise<{ readonly services: readonly ServiceVersions[] }> {
  const services = await Promise.all(
    configurationsOf(fleet, selection).map(async ({ daemon, host, groups: [{ name: group, unit }] }) => {
      const versions = await keptVersions(await hosts.on(host), unitDirectory(unit))
      return { host, daemon, group, unit, versions }
    }),
  )
  return { services }
}

/** One service on one host, by `haproxy` or `haproxy/edge`. Throws, exit `usage`, when they are none or several. */
export function oneService(fleet: Fleet, host: string, service: string): Configuration {
  const [found, ...more] = configurationsOf(fleet, [host, service])
  if (found && more.length === 0) return found
  throw new ZdtError(found ? `${service} is more than one on ${host}` : `${host} has no ${service}`, {
    code: 'one-service',
    exit: 'usage',
    suggestions: configurationsOf(fleet, [host]).map(
      ({ daemon, groups: [{ name }] }) => `${host} has ${daemon}/${name}`,
    ),
  })
}

/** A version's files with what they said. Holds secrets where they did. */
export type VersionTexts = {
  readonly version: Version
  readonly files: readonly { readonly path: string; readonly text: string | null }[]
}

/** Reads a version by its name, or by the run that replaced it. Throws NoSuchVersion, and what hosts throw. */
export async function versionTexts(
  hosts: Hosts,
  { host, groups: [{ unit }] }: Configuration,
  name: string,
): Promise<VersionTexts> {
  const on = await hosts.on(host)
  const directory = unitDirectory(unit)
  const versions = await keptVersions(on, directory)
  const version = versions.find((one) => one.name === name || one.run === name.toUpperCase())
  if (!version) throw new NoSuchVersion(host, unit, name, versions)
  const files = await Promise.all(
    version.files.map(async ({ path, sha256 }) => ({
      path,
      text: sha256 === null ? null : await readKept(on, { directory, name: version.name }, path),
    })),
  )
  return { version, files }
}

/**
 * A version fit to be shown: without the fleet's secrets, those that stood in their places before, and whatever else is a
 * password there. Throws SecretUnavailable.
 */
export async function withoutSecrets(
  fleet: Fleet,
  { version, files }: VersionTexts,
  today: Rendered | undefined,
): Promise<VersionTexts> {
  const secrets = await Promise.all([...fleet.secrets.keys()].map(secretsOf(fleet)))
  const shown = (path: string, text: string) => {
    const own = today?.files.find((file) => file.path === path)
    // Of a file that is a secret from its first word on nothing is shown.
    if (own?.secret) return '‹secret›\n'
    return withoutOldSecrets(text, secrets, own?.content ?? '')
  }
  return {
    version,
    files: files.map(({ path, text }) => ({ path, text: text === null ? null : shown(path, text) })),
  }
}

/** The host keeps no such version. */
export class NoSuchVersion extends ZdtError {
  constructor(host: string, unit: string, name: string, versions: readonly Version[]) {
    const names = versions.map((one) => one.name)
    const near = nearest(name, names)
    super(`${host} keeps no version ${name} of ${unit}`, {
      code: 'no-such-version',
      exit: 'usage',
      host,
      suggestions: [...near.map((one) => `did you mean ${one}?`), `zdt config list ${host}`],
    })
  }
}
