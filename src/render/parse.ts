import Handlebars from 'handlebars'
import { Mistake, TemplateError } from './errors.ts'

/** A template, parsed. */
export interface Template {
  /** As messages name it. */
  readonly name: string
  readonly program: hbs.AST.Program
}

/** Where the parser got stuck: after the last token that fitted. */
class Stuck extends Error {
  readonly hash: {
    readonly loc?: { readonly last_line: number; readonly last_column: number }
    readonly token?: string
  }

  constructor(hash: Stuck['hash']) {
    super('parse error')
    this.hash = hash
  }
}

// The parser's own error has the line in its words and no column.
const { Parser } = Handlebars as unknown as { Parser: { parseError(said: string, hash: Stuck['hash']): never } }
Parser.parseError = (_said, hash) => {
  throw new Stuck(hash)
}

/** Parses a template. Throws TemplateError where it is none. */
export function parse(name: string, text: string): Template {
  try {
    return { name, program: Handlebars.parse(text) }
  } catch (thrown) {
    throw asTemplateError(name, text, thrown)
  }
}

function asTemplateError(template: string, text: string, thrown: unknown): TemplateError {
  if (thrown instanceof Stuck) {
    const { loc, token } = thrown.hash
    const place = { template, line: loc?.last_line ?? 1, column: (loc?.last_column ?? 0) + 1 }
    return new TemplateError(place, token === 'EOF' ? 'something is not closed' : 'this is no Handlebars')
  }
  const { lineNumber, column, message } = thrown as { lineNumber?: number; column?: number; message: string }
  if (lineNumber !== undefined) {
    return new TemplateError(
      { template, line: lineNumber, column: (column ?? 0) + 1 },
      message.replace(/ - \d+:\d+$/, ''),
    )
  }
  const line = Number(/on line (\d+)/.exec(message)?.[1] ?? 1)
  const mistake = thrown instanceof RangeError ? 'is nested too deeply' : (message.split('\n')[0] ?? message)
  return new TemplateError({ template, line: Math.min(line, text.split('\n').length), column: 1 }, mistake)
}

/** A mistake at the place of what was evaluated; anything else as it is. */
export function placed(thrown: unknown, { name: template }: Template, { loc }: hbs.AST.Node): unknown {
  if (!(thrown instanceof Mistake)) return thrown
  const { line, column } = loc.start
  return new TemplateError({ template, line, column: column + 1 }, thrown.message, thrown.suggestions)
}
