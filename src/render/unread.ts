import type { Configuration } from '../fleet/configurations.ts'
import type { Fleet, Vars } from '../fleet/fleet.ts'
import { ZdtError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'
import type { Library } from './library.ts'
import type { Template } from './parse.ts'

/** A variable in zdt.yaml that no template reads: a slip of the hand, or it would be without effect in silence. */
export class UnreadVariable extends ZdtError {
  constructor(fleet: Fleet, where: string, name: string, read: readonly string[]) {
    const near = nearest(name, read)
    super(`${fleet.file} ${where}.${name}: no template reads it`, {
      code: 'unread-variable',
      exit: 'usage',
      suggestions: near.length > 0 ? [`did you mean ${near.join(' or ')}?`] : ['take it out, or read it in a template'],
    })
  }
}

/**
 * Refuses variables of a configuration's groups and pools that none of its templates reads. Those of hosts may be
 * another daemon's. Throws UnreadVariable.
 */
export function refuseUnread(
  fleet: Fleet,
  { daemon, groups }: Configuration,
  templates: readonly Template[],
  library: Library,
): void {
  const read = namesRead(templates, library)
  if (read === undefined) return
  const refuse = (where: string, vars: Vars): void => {
    for (const name of Object.keys(vars)) if (!read.has(name)) throw new UnreadVariable(fleet, where, name, [...read])
  }
  for (const { name, vars } of groups) refuse(`${daemon}.${name}.vars`, vars)
  for (const { name, balancer, vars } of fleet.pools.values()) {
    if (balancer.kind === daemon && balancer.name === groups[0].name) refuse(`pools.${name}.vars`, vars)
  }
}

/** What templates and their partials read of `vars`; undefined where that cannot be told from their text. */
function namesRead(templates: readonly Template[], library: Library): Set<string> | undefined {
  const names = new Set<string>()
  const seen = new Set<Template>()
  const open = [...templates]
  for (let template = open.pop(); template !== undefined; template = open.pop()) {
    if (seen.has(template)) continue
    seen.add(template)
    const reads = readsOf(template)
    if (reads.anything) return undefined
    for (const name of reads.names) names.add(name)
    // What the library does not have is an inline one.
    open.push(...reads.partials.filter((name) => library.has(name)).map((name) => library.named(name)))
  }
  return names
}

/** What the text of one template says that it reads. */
interface Reads {
  /** That follow `vars.`. */
  readonly names: readonly string[]
  readonly partials: readonly string[]
  /** `vars` as a whole, or a partial whose name is made. */
  readonly anything: boolean
}

const known = new WeakMap<Template, Reads>()

function readsOf(template: Template): Reads {
  const before = known.get(template)
  if (before) return before
  const nodes = nodesIn(template.program)
  const paths = nodes.filter((node) => node.type === 'PathExpression') as hbs.AST.PathExpression[]
  const ofVars = paths
    .filter(({ parts }) => parts.includes('vars'))
    .map(({ parts }) => parts[parts.indexOf('vars') + 1])
  const partials = (nodes.filter((node) => node.type === 'PartialStatement') as hbs.AST.PartialStatement[]).map(
    ({ name }) => (name.type === 'PathExpression' ? name.original : undefined),
  )
  const reads = {
    names: ofVars.filter((name) => name !== undefined),
    partials: partials.filter((name) => name !== undefined),
    anything: ofVars.includes(undefined) || partials.includes(undefined),
  }
  known.set(template, reads)
  return reads
}

function nodesIn(value: unknown): hbs.AST.Node[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([key, each]) => (key === 'loc' ? [] : nodesIn(each)))
  return 'type' in value ? [value as hbs.AST.Node, ...inner] : inner
}
