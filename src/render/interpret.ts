import { Mistake, TemplateError, unknown } from './errors.ts'
import { evaluate, mustache, namedValues, type Here } from './evaluate.ts'
import { isTrue } from './helpers/helper.ts'
import { placed, type Template } from './parse.ts'
import { forEach, kindOf, naming, within, type Piece, type Scope } from './scope.ts'

/** How deep partials may lie in partials, and how much a template may do before it counts as endless. */
const limits = { depth: 50, statements: 1_000_000 }

/** What one rendering shares: the library that partials come from, and what has been done so far. */
export interface Rendering {
  readonly surroundings: Here['surroundings']
  /** Throws Mistake where there is no such partial. */
  readonly partial: (name: string) => Template
  statements: number
}

type At = Here & { readonly rendering: Rendering; readonly depth: number }

/**
 * Renders a template. Handlebars' own compiler is not asked: it leaves names without a value empty wherever a helper gets
 * them, prints objects, adds up two numbers that stand side by side, and knows the line of few mistakes. A test holds the two to the same output.
 * Throws TemplateError.
 */
export function interpret(template: Template, scope: Scope, rendering: Rendering): string {
  return program(template.program, scope, { template, surroundings: rendering.surroundings, rendering, depth: 0 })
}

function program({ body }: hbs.AST.Program, outer: Scope, at: At): string {
  const inline = body.filter((statement) => statement.type === 'DecoratorBlock') as hbs.AST.DecoratorBlock[]
  const scope = inline.reduce((above, block) => withInline(block, above, at), outer)
  return body.map((each) => statement(each, scope, at)).join('')
}

function statement(node: hbs.AST.Statement, scope: Scope, at: At): string {
  try {
    if (++at.rendering.statements > limits.statements) throw new Mistake('this has no end')
    switch (node.type) {
      case 'ContentStatement':
        return (node as hbs.AST.ContentStatement).value
      case 'CommentStatement':
      case 'DecoratorBlock':
        return ''
      case 'MustacheStatement':
        return printed(mustache(node as hbs.AST.MustacheStatement, scope, at))
      case 'BlockStatement':
        return block(node as hbs.AST.BlockStatement, scope, at)
      case 'PartialStatement':
        return partial(node as hbs.AST.PartialStatement, scope, at)
      case 'PartialBlockStatement':
        throw new Mistake('{{#> name}} blocks are not there, expected {{> name}} with values by name')
      default:
        throw new Mistake('decorators are not there, but for {{#*inline "name"}}')
    }
  } catch (thrown) {
    throw placed(thrown, at.template, node)
  }
}

function printed(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw new Mistake(`this is ${kindOf(value)}, expected text or a number`)
}

function block(node: hbs.AST.BlockStatement, scope: Scope, at: At): string {
  const { path, params, hash, program: body, inverse } = node
  const name = path.original
  const rest = (outer: Scope): string => (inverse ? program(inverse, outer, at) : '')
  const render = (outer: Scope, values: readonly unknown[]): string =>
    body ? program(body, naming(outer, body.blockParams, values), at) : ''
  if (!['if', 'unless', 'each', 'with'].includes(name))
    throw unknown('block', `#${name}`, ['#if', '#unless', '#each', '#with'])
  const [subject, ...more] = params
  if (subject === undefined || more.length > 0 || hash !== undefined) throw new Mistake(`#${name} takes one parameter`)
  const value = evaluate(subject, scope, at)
  switch (name) {
    case 'each':
      return each(value, scope, render, rest)
    case 'with':
      return isTrue(value) || value === 0 ? render(within(scope, value), [value]) : rest(scope)
    default:
      return isTrue(value) === (name === 'if') ? render(scope, []) : rest(scope)
  }
}

function each(
  value: unknown,
  scope: Scope,
  render: (scope: Scope, values: readonly unknown[]) => string,
  rest: (scope: Scope) => string,
): string {
  if (typeof value !== 'object' || value === null)
    throw new Mistake(`#each wants a list or a map, not ${kindOf(value)}`)
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  if (entries.length === 0) return rest(scope)
  return entries
    .map(([name, thing]: [string, unknown], index) => {
      const key = isList ? index : name
      const last = index === entries.length - 1
      return render(forEach(scope, thing, { key, index, first: index === 0, last }), [thing, key])
    })
    .join('')
}

function withInline({ path, params, program: body }: hbs.AST.DecoratorBlock, scope: Scope, at: At): Scope {
  const [name] = params
  if (path.original !== 'inline' || name?.type !== 'StringLiteral' || params.length > 1) {
    throw placed(new Mistake('decorators are not there, but for {{#*inline "name"}}'), at.template, path)
  }
  const { value } = name as hbs.AST.StringLiteral
  return { ...scope, inline: new Map([...scope.inline, [value, { template: at.template, program: body, scope }]]) }
}

function partial({ name: named, params, hash, indent }: hbs.AST.PartialStatement, scope: Scope, at: At): string {
  if (at.depth >= limits.depth) throw new Mistake(`partials within partials, ${limits.depth} deep`)
  const name = named.type === 'PathExpression' ? named.original : evaluate(named, scope, at)
  if (typeof name !== 'string' && typeof name !== 'number')
    throw new Mistake(`a partial's name is text, not ${kindOf(name)}`)
  const [given] = params
  const context = given === undefined ? scope.contexts[0] : evaluate(given, scope, at)
  const values = namedValues(hash, scope, at)
  if (hash !== undefined && (typeof context !== 'object' || context === null || Array.isArray(context))) {
    throw new Mistake(`values by name go with a map, not with ${kindOf(context)}`)
  }
  const piece = scope.inline.get(String(name)) ?? fromLibrary(String(name), at)
  const inner = hash === undefined ? context : { ...(context as object), ...values }
  const seen = { ...(piece.scope ?? { ...scope, params: new Map() }), frame: scope.frame, inline: scope.inline }
  const text = program(piece.program, within(seen, inner), { ...at, template: piece.template, depth: at.depth + 1 })
  // Unlike Handlebars: an empty line stays empty.
  return indent === '' ? text : text.replaceAll(/^(?=[^\n])/gm, indent)
}

function fromLibrary(name: string, at: At): Piece {
  const template = at.rendering.partial(name)
  return { template, program: template.program }
}

/** Too much nested in itself for JavaScript: told as a mistake of the template. */
export function asTooDeep(thrown: unknown, template: Template): unknown {
  if (!(thrown instanceof RangeError)) return thrown
  return new TemplateError({ template: template.name, line: 1, column: 1 }, 'is nested too deeply')
}
