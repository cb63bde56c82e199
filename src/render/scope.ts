import { Mistake, unknown } from './errors.ts'
import type { Template } from './parse.ts'

/** What `@index` and its like mean in an `{{#each}}`, and around it. */
interface Frame {
  readonly values: Readonly<Record<string, unknown>>
  readonly outer?: Frame
}

/** A part of a template that may be rendered from elsewhere, and what it saw where it was written. */
export interface Piece {
  readonly template: Template
  readonly program: hbs.AST.Program
  readonly scope?: Scope
}

/** What names mean at one place of a template. */
export interface Scope {
  /** The context, and those around it, which `../` leads to. */
  readonly contexts: readonly unknown[]
  readonly frame: Frame
  /** Block parameters: `as |server|`. */
  readonly params: ReadonlyMap<string, unknown>
  /** Inline partials. */
  readonly inline: ReadonlyMap<string, Piece>
}

/** The scope of a template's first line. */
export function topScope(data: object): Scope {
  return { contexts: [data], frame: { values: { root: data } }, params: new Map(), inline: new Map() }
}

/** A block's scope with another context. */
export function within(scope: Scope, context: unknown): Scope {
  // As in Handlebars: a block about the same thing is no step deeper for `../`.
  return context === scope.contexts[0] ? scope : { ...scope, contexts: [context, ...scope.contexts] }
}

/** An `{{#each}}`'s scope for one of its things. */
export function forEach(scope: Scope, context: unknown, values: Frame['values']): Scope {
  return { ...within(scope, context), frame: { values: { ...scope.frame.values, ...values }, outer: scope.frame } }
}

/** A scope with block parameters: as many of `values` as the block names. */
export function naming(scope: Scope, names: readonly string[] = [], values: readonly unknown[] = []): Scope {
  if (names.length === 0) return scope
  if (names.length > values.length) throw new Mistake(`gives ${values.length} to |${names.join(' ')}|`)
  return { ...scope, params: new Map([...scope.params, ...names.map((name, index) => [name, values[index]] as const)]) }
}

const nothing = Symbol('nothing')

/** `./name` and `this.name` are no block parameter and no helper. */
export function isScoped(path: hbs.AST.PathExpression): boolean {
  return /^(?:\.|this\b)/.test(path.original) && !path.data
}

/**
 * What a path means. Throws Mistake when one of its names is not there; `lenient`: only when the first is not, and what
 * is missing after it is undefined.
 */
export function valueAt(path: hbs.AST.PathExpression, scope: Scope, lenient = false): unknown {
  const [first, ...rest] = path.parts
  const { value: start, names, optional } = startOf(path, scope, first, rest)
  let value = start
  for (const [index, name] of names.entries()) {
    const next = own(value, name)
    if (next === nothing) {
      if (lenient && (optional || index > 0)) return undefined
      throw missing(name, value, path.original)
    }
    value = next
  }
  return value
}

function startOf(path: hbs.AST.PathExpression, scope: Scope, first: string | undefined, rest: string[]) {
  const { data, depth, parts } = path
  if (data) {
    let frame: Frame | undefined = scope.frame
    for (let up = 0; up < depth; up++) frame = frame?.outer
    const value = first === undefined || !frame ? nothing : own(frame.values, first)
    if (value === nothing)
      throw unknown(
        'data',
        path.original,
        Object.keys(scope.frame.values).map((key) => `@${key}`),
      )
    return { value, names: rest, optional: true }
  }
  if (first !== undefined && depth === 0 && !isScoped(path) && scope.params.has(first)) {
    return { value: scope.params.get(first), names: rest, optional: true }
  }
  if (depth >= scope.contexts.length) throw new Mistake(`${path.original} leads out of the template's data`)
  return { value: scope.contexts[depth], names: parts, optional: isScoped(path) || depth > 0 }
}

/** What somebody wrote there, and never what JavaScript adds; of lists and texts also how long they are. */
function own(value: unknown, name: string): unknown {
  const has = value !== null && value !== undefined && Object.hasOwn(Object(value) as object, name)
  if (!has || (typeof value !== 'object' && name !== 'length')) return nothing
  const found = (value as Readonly<Record<string, unknown>>)[name]
  return found === undefined ? nothing : found
}

function missing(name: string, value: unknown, path: string): Mistake {
  const where = path === name ? '' : ` in ${path}`
  // Its kind alone is told: it may be a secret.
  if (value === null || typeof value !== 'object') {
    return new Mistake(`no ${name}${where}: before it stands ${kindOf(value)}, expected a map`)
  }
  return unknown('variable', name, Array.isArray(value) ? [] : Object.keys(value), where)
}

/** What sort of value something is, in words that hold for a secret too. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'a number' : JSON.stringify(value)
}
