import { ZdtError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/** A place in a template, counted from 1. */
export interface Place {
  /** As messages name it. */
  readonly template: string
  readonly line: number
  readonly column: number
}

const few = 20

/** A template cannot be rendered: `TEMPLATE:LINE:COLUMN: what is wrong`. */
export class TemplateError extends ZdtError implements Place {
  readonly template: string
  readonly line: number
  readonly column: number

  constructor({ template, line, column }: Place, mistake: string, suggestions: readonly string[] = []) {
    super(`${template}:${line}:${column}: ${mistake}`, { code: 'template', exit: 'usage', suggestions })
    this.template = template
    this.line = line
    this.column = column
  }
}

/** What is wrong with something that a template says; whoever evaluates it knows the place. */
export class Mistake extends Error {
  readonly suggestions: readonly string[]

  constructor(message: string, suggestions: readonly string[] = []) {
    super(message)
    this.suggestions = suggestions
  }
}

/** A name that is not there, and the names that are. */
export function unknown(what: string, name: string, known: readonly string[], where = ''): Mistake {
  const near = nearest(name, known)
  const all = known.length > 0 && known.length <= few ? [`there is ${known.toSorted().join(', ')}`] : []
  return new Mistake(`no ${what} ${name}${where}`, [
    ...(near.length > 0 ? [`did you mean ${near.join(' or ')}?`] : []),
    ...all,
  ])
}
