import { Mistake, unknown } from './errors.ts'
import { helpers } from './helpers/index.ts'
import type { Surroundings } from './helpers/helper.ts'
import { placed, type Template } from './parse.ts'
import { isScoped, valueAt, type Scope } from './scope.ts'

/** Values of expressions of one template. */
export interface Here {
  readonly template: Template
  readonly surroundings: Surroundings
}

type Call = Pick<hbs.AST.SubExpression, 'path' | 'params' | 'hash' | 'loc'>

/** What an expression means. Throws TemplateError with its place. */
export function evaluate(expression: hbs.AST.Expression, scope: Scope, here: Here, lenient = false): unknown {
  try {
    return valueOf(expression, scope, here, lenient)
  } catch (thrown) {
    throw placed(thrown, here.template, expression)
  }
}

function valueOf(expression: hbs.AST.Expression, scope: Scope, here: Here, lenient: boolean): unknown {
  switch (expression.type) {
    case 'PathExpression':
      return valueAt(expression as hbs.AST.PathExpression, scope, lenient)
    case 'SubExpression':
      return called(expression as hbs.AST.SubExpression, scope, here)
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral':
      return (expression as hbs.AST.StringLiteral).value
    default:
      throw new Mistake('null and undefined are no values, expected text, a number or a name')
  }
}

/** What `{{name}}` or `{{name param…}}` means: a helper is called, anything else is a variable. */
export function mustache(statement: hbs.AST.MustacheStatement, scope: Scope, here: Here): unknown {
  const { path, params, hash } = statement
  if (path.type !== 'PathExpression') return evaluate(path, scope, here)
  const { parts } = path as hbs.AST.PathExpression
  const withParams = params.length > 0 || hash !== undefined
  const isVariable = scope.params.has(parts[0] ?? '') || !isName(path as hbs.AST.PathExpression)
  if (withParams || (!isVariable && Object.hasOwn(helpers, parts[0] ?? ''))) {
    return evaluate({ ...statement, type: 'SubExpression' }, scope, here)
  }
  return evaluate(path, scope, here)
}

/** One bare word, as helpers have for a name. */
function isName(path: hbs.AST.PathExpression): boolean {
  return path.parts.length === 1 && path.depth === 0 && !path.data && !isScoped(path)
}

function called(call: Call, scope: Scope, here: Here): unknown {
  const name = call.path.original
  const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined
  if (!helper) throw unknown('helper', name, Object.keys(helpers))
  const {
    takes: [least, most],
    named = [],
    lenient = false,
  } = helper
  if (call.params.length < least || call.params.length > most) {
    const wanted =
      least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`
    throw new Mistake(`${name} takes ${wanted} parameters, not ${call.params.length}`)
  }
  const params = call.params.map((param) => evaluate(param, scope, here, lenient))
  const byName = namedValues(call.hash, scope, here)
  for (const key of Object.keys(byName)) if (!named.includes(key)) throw unknown(`parameter of ${name}`, key, named)
  try {
    return helper.call(params, byName, here.surroundings)
  } catch (thrown) {
    if (!(thrown instanceof Mistake) || name === 'fail') throw thrown
    throw new Mistake(`${name}: ${thrown.message}`, thrown.suggestions)
  }
}

/** What is given by name: `of="address"`. */
export function namedValues(hash: hbs.AST.Hash | undefined, scope: Scope, here: Here): Record<string, unknown> {
  return Object.fromEntries((hash?.pairs ?? []).map(({ key, value }) => [key, evaluate(value, scope, here)]))
}
