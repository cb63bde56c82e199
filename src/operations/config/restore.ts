import { ZdtError } from '../../lib/errors.ts'
import type { Rendered } from '../../lib/rendered.ts'
import type { Operation, World } from '../operation.ts'
import { liveTextOn, versionOn } from '../render.ts'
import { asToldAtRunTime, renderFleet } from '../rendered.ts'
import { claimsFor, proposeFor, type LiveOptions } from './apply.ts'
import { compare } from './compare.ts'
import { withNeeds } from './needs.ts'
import { oneService, versionTexts, type VersionTexts } from './versions.ts'

export interface RestoreOptions extends Omit<LiveOptions, 'batches'> {
  readonly host: string
  /** `haproxy` or `haproxy/edge`. */
  readonly service: string
  /** A version's name, or the run that replaced it. */
  readonly version: string
}

/**
 * Puts a version that the host keeps live again: staged, tried, in place, reload, proof, as any other configuration. What is
 * live now is kept as a version in turn. Throws NoSuchVersion, Drifted, UnknownName, and what hosts throw.
 */
export const restoreConfig: Operation<RestoreOptions> = {
  title: ({ host, service, version }) => `config restore ${host} ${service} ${version}`,
  claims: (fleet, { host, service }) => claimsFor(fleet, [oneService(fleet, host, service)]),
  looksFirst: true,
  propose: async (world, options) => {
    const { fleet, hosts } = world
    const configuration = oneService(fleet, options.host, options.service)
    const kept = await versionTexts(hosts, configuration, options.version)
    const today = fleet.secrets.size === 0 ? await renderedToday(world, options) : undefined
    // Who is drained now is drained afterwards: a version says that of its own day.
    const rendered = await asToldAtRunTime(
      fleet,
      configuration,
      renderedOf(configuration, kept, today),
      liveTextOn(hosts),
    )
    const compared = await withNeeds(fleet, hosts, await compare(hosts, [rendered]))
    const title = restoreConfig.title(options)
    const proposal = await proposeFor(world, compared, title, { ...options, batches: [{ count: 1 }] })
    const what = `${configuration.daemon}/${configuration.groups[0].name} on ${configuration.host}`
    return {
      ...proposal,
      done: `${what} runs version ${kept.version.name} again`,
      already: `${what}: every file is as in version ${kept.version.name}`,
    }
  },
}

/**
 * A file that was not there then stays: zdt removes nothing that it is not told to. Its difference is shown where the fleet
 * names no secret, and today's rendering has it: which words of an older version were secrets nobody knows any more.
 */
function renderedOf(
  { daemon, host, groups: [{ name: group, unit }] }: ReturnType<typeof oneService>,
  { version, files }: VersionTexts,
  today: Rendered | undefined,
): Rendered {
  const there = files.flatMap(({ path, text }) => (text === null ? [] : [{ path, content: text }]))
  if (there.length === 0) {
    throw new ZdtError(`version ${version.name} has no file: there was none before`, {
      code: 'empty-version',
      exit: 'refused',
      host,
    })
  }
  const withSecrets = there.map(({ path, content }) => {
    const own = today?.files.find((file) => file.path === path)
    return { path, content, mode: '0600', secret: own?.secret ?? true, ...(own && { today: own.content }) }
  })
  return { daemon, group, host, unit, files: withSecrets, secrets: today?.secrets ?? [] }
}

/** Undefined where today's templates make none: that is when an older version is wanted most. */
async function renderedToday(
  { fleet, hosts }: World,
  { host, service }: RestoreOptions,
): Promise<Rendered | undefined> {
  try {
    const [rendered] = await renderFleet(fleet, [host, service], { versionOf: versionOn(fleet, hosts) })
    return rendered
  } catch (error) {
    if (error instanceof ZdtError) return undefined
    throw error
  }
}
