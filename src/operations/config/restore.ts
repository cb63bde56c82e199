import { ZdtError } from '../../lib/errors.ts'
import type { Rendered } from '../../lib/rendered.ts'
import type { Operation } from '../operation.ts'
import { liveTextOn } from '../render.ts'
import { asToldAtRunTime } from '../rendered.ts'
import { claimsFor, proposeFor, type LiveOptions } from './apply.ts'
import { compare } from './compare.ts'
import { withNeeds } from './needs.ts'
import { renderedToday } from './today.ts'
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
    const today = await renderedToday(fleet, hosts, [options.host, options.service])
    // Who is drained now is drained afterwards: a version says that of its own day.
    const rendered = await asToldAtRunTime(
      fleet,
      configuration,
      renderedOf(configuration, kept, today),
      liveTextOn(hosts, fleet),
    )
    const compared = await withNeeds(fleet, hosts, await compare(hosts, [rendered]))
    const title = restoreConfig.title(options)
    const proposal = await proposeFor(world, compared, title, {
      ...options,
      batches: [{ count: 1 }],
      shows: `zdt ${title} --dry-run`,
    })
    const what = `${configuration.daemon}/${configuration.groups[0].name} on ${configuration.host}`
    return {
      ...proposal,
      done: `${what} runs what lay there until run ${kept.version.run}${isWanted(kept, today) ? '' : '; zdt.yaml says otherwise: the next zdt apply goes back to that'}`,
      already: `${what}: every file is as in version ${kept.version.name}`,
    }
  },
}

/**
 * A file that was not there then stays: zdt removes nothing that it is not told to. Its difference is shown where today's
 * rendering has it: which words of an older version were secrets is told by where today's are, and by the words before them.
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
    const { secret = true, closed = false } = own ?? {}
    return { path, content, mode: '0600', closed, secret, ...(own && { today: own.content }) }
  })
  return { daemon, group, host, unit, files: withSecrets, secrets: today?.secrets ?? [] }
}

function isWanted({ files }: VersionTexts, today: Rendered | undefined): boolean {
  return files.every(({ path, text }) => today?.files.find((file) => file.path === path)?.content === text)
}
