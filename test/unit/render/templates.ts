import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { Library } from '../../../src/render/library.ts'
import { parse } from '../../../src/render/parse.ts'
import { renderTemplate, type Text } from '../../../src/render/render.ts'

const made: string[] = []
afterAll(async () => {
  for (const directory of made) await rm(directory, { recursive: true })
})

/** A directory with these files. */
export async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'zdt-render-'))
  made.push(directory)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), text)
  }
  return directory
}

type Daemon = 'haproxy' | 'nginx' | 'keepalived'

/** A library of these templates, by name. */
export async function libraryWith(templates: Readonly<Record<string, string>>): Promise<Library> {
  const files = Object.entries(templates).map(([name, text]): [string, string] => [`${name}.hbs`, text])
  return new Library([await directoryWith(Object.fromEntries(files))])
}

/** Renders a text with the partials of a library, for a HAProxy 3.0.11 and with the secret `stats`. */
export async function renderedFrom(
  library: Library,
  text: string,
  data: object,
  daemon: Daemon = 'haproxy',
): Promise<Text> {
  const supply = {
    version: () => Promise.resolve('3.0.11'),
    secretNames: ['stats'],
    secret: () => Promise.resolve('s3cret'),
  }
  return await renderTemplate(parse('main.hbs', text), data, { daemon, library, supply })
}

/** Renders `main` with partials of its own. */
export async function rendered(
  main: string,
  data: object = {},
  partials: Readonly<Record<string, string>> = {},
  daemon: Daemon = 'haproxy',
): Promise<Text> {
  return await renderedFrom(await libraryWith(partials), main, data, daemon)
}

/** What is wrong, without the directory that it is in. */
export async function mistakeOf(...given: Parameters<typeof rendered>): Promise<string> {
  return await rendered(...given).then(
    ({ text }) => `no mistake: ${text}`,
    (error: Error & { suggestions?: string[] }) =>
      [error.message.replace(/^\/.*\/(?=[^/]*\.hbs:)/, ''), ...(error.suggestions ?? [])].join(' | '),
  )
}
