import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { poolsBehind, upstreamFile, type Configuration } from '../fleet/configurations.ts'
import type { FileSpec, Fleet } from '../fleet/fleet.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Daemon, Rendered, RenderedFile } from '../lib/rendered.ts'
import { poolData, templateData } from './data.ts'
import { TemplateError } from './errors.ts'
import { Library, ownTemplates } from './library.ts'
import type { Template } from './parse.ts'
import { refuseUnread } from './unread.ts'
import { renderTemplate, type Supply } from './render.ts'

/** A file of the fleet's own, named in zdt.yaml, that cannot be read. */
export class SourceUnreadable extends ZdtError {
  constructor(source: string, path: string, cause: Error) {
    super(`${source}, which is to be ${path}, cannot be read`, {
      code: 'source-unreadable',
      exit: 'usage',
      said: cause.message,
      cause,
    })
  }
}

const mainTemplates: Readonly<Record<Daemon, string>> = {
  haproxy: 'haproxy/haproxy.cfg',
  nginx: 'nginx/nginx.conf',
  keepalived: 'keepalived/keepalived.conf',
}

/** The templates of a fleet: those in `templates/` beside zdt.yaml shadow zdt's own, file by file. */
export function libraryOf(fleet: Fleet): Library {
  return new Library([join(dirname(fleet.file), 'templates'), ownTemplates])
}

/** One daemon's configuration on one host, as it is to be. Throws TemplateError, SourceUnreadable, and what `supply` throws. */
export async function renderConfiguration(
  fleet: Fleet,
  configuration: Configuration,
  library: Library,
  supply: Supply,
): Promise<Rendered> {
  const { daemon, host, groups } = configuration
  const [{ name: group, unit, config, template }] = groups
  const data = templateData(fleet, configuration)
  const directory = dirname(fleet.file)
  const secrets = new Set<string>()
  const templates: Template[] = []

  async function rendered(
    path: string,
    spec: Omit<FileSpec, 'path' | 'source'>,
    own: object = data,
  ): Promise<RenderedFile> {
    const from =
      spec.template === undefined
        ? library.named(own === data ? mainTemplates[daemon] : 'nginx/servers')
        : library.file(resolve(directory, spec.template))
    templates.push(from)
    const { text, secrets: within } = await renderTemplate(from, own, { daemon, library, supply })
    for (const secret of within) secrets.add(secret)
    if (path === config && text.trim() === '') {
      // Keepalived would take it and let its VIPs go (TRAPS: Keepalived).
      throw new TemplateError({ template: from.name, line: 1, column: 1 }, `${config} would be empty`)
    }
    return { path, content: text, ...accessOf(spec, within.length > 0), secret: spec.secret }
  }

  const files = [await rendered(config, { ...(template !== undefined && { template }), secret: false })]
  for (const spec of filesOf(groups)) {
    if (spec.source === undefined) files.push(await rendered(spec.path, spec))
    else files.push(await copied(resolve(directory, spec.source), spec))
  }
  if (configuration.daemon === 'nginx') {
    const [nginx] = configuration.groups
    for (const pool of poolsBehind(fleet, nginx)) {
      files.push(await rendered(upstreamFile(nginx, pool), { secret: false }, { ...data, pool: poolData(pool) }))
    }
  }
  refuseUnread(fleet, configuration, templates, library)
  return { daemon, group, host, unit, files, secrets: [...secrets] }
}

function filesOf(groups: Configuration['groups']): FileSpec[] {
  return groups.flatMap(({ files }) => files)
}

async function copied(source: string, spec: FileSpec): Promise<RenderedFile> {
  const content = await stat(source)
    .then((what) => {
      // A pipe or a device would be read for ever.
      if (!what.isFile()) throw new Error('it is no regular file')
      return readFile(source)
    })
    .then((bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    .catch((cause: Error) => {
      throw new SourceUnreadable(source, spec.path, cause)
    })
  return { path: spec.path, content, ...accessOf(spec, false), secret: spec.secret }
}

/** Who may read it. What zdt.yaml says outright holds for a secret too. */
function accessOf({ mode, secret }: Pick<FileSpec, 'mode' | 'secret'>, hasSecrets: boolean) {
  if (mode !== undefined) return { mode, closed: false }
  const closed = secret || hasSecrets
  return { mode: closed ? '0600' : '0644', closed }
}
