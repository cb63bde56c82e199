import { join } from 'node:path'
import type { Daemon } from '../lib/rendered.ts'
import { redact } from '../lib/redact.ts'
import { Mistake, TemplateError, unknown } from './errors.ts'
import type { Surroundings } from './helpers/helper.ts'
import { asTooDeep, interpret } from './interpret.ts'
import { Library, ownTemplates } from './library.ts'
import type { Template } from './parse.ts'
import { topScope } from './scope.ts'

/** Where a rendering gets what is costly to know: asked for only when a template wants it. */
export interface Supply {
  /** The daemon's version on the host. */
  version(): Promise<string>
  /** The names of all secrets. */
  readonly secretNames: readonly string[]
  /** A secret's text. */
  secret(name: string): Promise<string>
}

/** What came of a template. */
export interface Text {
  readonly text: string
  /** The secrets that are in it. */
  readonly secrets: readonly string[]
}

/** Something that a template wants and that has to be waited for. */
class Wanted extends Error {
  readonly secret: string | undefined

  constructor(secret?: string) {
    super('wanted')
    this.secret = secret
  }
}

/**
 * Renders a template. Nothing is escaped; whatever has no value is an error; a final newline that is missing is added, for
 * HAProxy refuses a file without (`haproxy -c`: Missing LF). Throws TemplateError, and what `supply` throws.
 */
export async function renderTemplate(
  template: Template,
  data: object,
  { daemon, library, supply }: { readonly daemon: Daemon; readonly library: Library; readonly supply: Supply },
): Promise<Text> {
  const secrets = new Map<string, string>()
  let version: string | undefined
  const surroundings: Surroundings = {
    daemon,
    version: () => {
      if (version === undefined) throw new Wanted()
      return version
    },
    secret: (name) => {
      if (!supply.secretNames.includes(name)) throw unknownSecret(name, supply.secretNames)
      const secret = secrets.get(name)
      if (secret === undefined) throw new Wanted(name)
      return secret
    },
  }
  for (;;) {
    try {
      return { text: rendered(template, data, library, surroundings), secrets: [...secrets.values()] }
    } catch (thrown) {
      if (!(thrown instanceof Wanted)) throw tellingNothing(thrown, [...secrets.values()])
      if (thrown.secret === undefined) version = await supply.version()
      else secrets.set(thrown.secret, await supply.secret(thrown.secret))
    }
  }
}

/** A mistake may quote what a helper was given. */
function unknownSecret(name: string, known: readonly string[]): Mistake {
  const { message, suggestions } = unknown('secret', name, known)
  const where = `say in zdt.yaml where it comes from, such as secrets: { ${name}: { env: VARIABLE } }; file and command do, too`
  return new Mistake(message, [...suggestions, where])
}

function tellingNothing(thrown: unknown, secrets: readonly string[]): unknown {
  if (thrown instanceof TemplateError) thrown.message = redact(thrown.message, secrets)
  return thrown
}

const own = new Library([ownTemplates])

/** Nothing is supplied to the lab's templates. */
const bare: Surroundings = {
  daemon: 'haproxy',
  version: () => {
    throw new Mistake('is not known here')
  },
  secret: () => {
    throw new Mistake('there are none here')
  },
}

/** Renders a file of zdt's own `templates/` that needs neither versions nor secrets, named by its path below it. */
export function renderFile(name: string, data: object): string {
  return rendered(own.file(templatePath(name)), data, own, bare)
}

/** Where a file of `templates/` lies. */
export function templatePath(name: string): string {
  return join(ownTemplates, name)
}

function rendered(template: Template, data: object, library: Library, surroundings: Surroundings): string {
  try {
    const rendering = { surroundings, partial: (name: string) => library.named(name), statements: 0 }
    const text = interpret(template, topScope(data), rendering)
    return text === '' || text.endsWith('\n') ? text : `${text}\n`
  } catch (thrown) {
    throw asTooDeep(thrown, template)
  }
}
