import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TemplateError, unknown } from './errors.ts'
import { parse, type Template } from './parse.ts'

/** Where zdt's own templates are. */
export const ownTemplates = fileURLToPath(new URL('../../templates', import.meta.url))

const ending = '.hbs'

/** Ours do not change while zdt runs. */
const ownParsed = new Map<string, Template>()

/** Templates by name, out of directories of which the first that has one shadows the others, file by file. */
export class Library {
  readonly #directories: readonly string[]
  readonly #parsed = new Map<string, Template>()

  constructor(directories: readonly string[]) {
    this.#directories = directories
  }

  /** The template `haproxy/global` of the nearest `haproxy/global.hbs`. Throws Mistake where there is none. */
  named(name: string): Template {
    const path = this.#pathOf(name)
    if (path === undefined) throw unknown('partial', name, this.#names())
    return this.file(path)
  }

  /** Whether there is a template of that name. */
  has(name: string): boolean {
    return this.#pathOf(name) !== undefined
  }

  /** None outside of the directories, whatever is asked for. */
  #pathOf(name: string): string | undefined {
    if (name.split('/').some((step) => step === '' || step === '.' || step === '..')) return undefined
    return this.#directories.map((each) => join(each, `${name}${ending}`)).find(existsSync)
  }

  /** The template in a file, by its absolute path. Throws TemplateError where it cannot be read. */
  file(path: string): Template {
    const parsed = path.startsWith(ownTemplates) ? ownParsed : this.#parsed
    const known = parsed.get(path)
    if (known) return known
    const shown = asSeen(path)
    const template = parse(shown, textOf(path, shown))
    parsed.set(path, template)
    return template
  }

  #names(): string[] {
    const all = this.#directories
      .filter(existsSync)
      .flatMap((each) => readdirSync(each, { recursive: true }).map(String))
    const templates = all.filter((each) => each.endsWith(ending)).map((each) => each.slice(0, -ending.length))
    return [...new Set(templates)].filter((each) => !each.startsWith('lab/'))
  }
}

function textOf(path: string, shown: string): string {
  try {
    // A pipe or a device would be read for ever.
    if (!statSync(path).isFile()) throw new Error('it is no regular file')
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (cause) {
    const why = cause instanceof TypeError ? 'is no UTF-8 text' : 'cannot be read'
    throw new TemplateError({ template: shown, line: 1, column: 1 }, `${why}: ${(cause as Error).message}`)
  }
}

/** A path as it is named from the working directory, where that is shorter. */
function asSeen(path: string): string {
  const seen = relative(process.cwd(), path)
  return seen.startsWith('..') ? path : seen
}
