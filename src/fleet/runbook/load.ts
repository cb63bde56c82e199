import { basename, dirname, resolve } from 'node:path'
import { parseDuration } from '../../lib/durations.ts'
import { ZdtError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { quote } from '../../lib/quote.ts'
import { asSeen, readYaml, yamlText } from '../read-yaml.ts'
import { runbookMistakes } from './cross-checks.ts'
import type { Hook, Runbook, RunbookStep } from './runbook.ts'
import { runbookSchema, type RawRunbook, type RawStep } from './schema.ts'

type Values = ReadonlyMap<string, string>

/** What a runbook says is not what can be run. */
export class RunbookInvalid extends ZdtError {
  constructor(file: string, message: string, suggestions: readonly string[] = []) {
    super(`${file}: ${message}`, { code: 'runbook-invalid', exit: 'usage', suggestions })
  }
}

/**
 * Reads a runbook and all that it includes, and fills its variables in. Throws FleetNotFound, FleetInvalid with every
 * mistake of a file, and RunbookInvalid.
 */
export async function loadRunbook(path: string, given: Values): Promise<Runbook> {
  const file = resolve(path)
  const { raw, steps } = await load(file, given, { above: [], before: [], after: [] })
  return { file, title: raw.title ?? basename(file).replace(/\.ya?ml$/, ''), steps }
}

/** What is around a file that is included: those that include it, and their hooks for each step. */
interface Around {
  readonly above: readonly string[]
  readonly before: readonly Hook[]
  readonly after: readonly Hook[]
}

async function load(file: string, given: Values, around: Around) {
  const seen = asSeen(file)
  const { above } = around
  if (above.includes(file)) throw new RunbookInvalid(seen, `includes itself, by ${above.map(asSeen).join(', ')}`)
  const raw = readYaml(await yamlText(file), { file: seen, schema: runbookSchema, cross: runbookMistakes })
  const values = valuesOf(seen, raw, { given, above })
  const each = await Promise.all(raw.steps.map((step, index) => stepsOf(step, { file, raw, values, index, around })))
  return { raw, steps: each.flat() }
}

interface Within {
  readonly file: string
  readonly raw: RawRunbook
  readonly values: Values
  readonly index: number
  readonly around: Around
}

/** One step, or as many as `each` has words: in each of them `{{vars.each}}` is one. */
async function stepsOf(step: RawStep, within: Within): Promise<RunbookStep[]> {
  if (step.each === undefined) return stepOf(step, within)
  const { file, values, index } = within
  const where = `${asSeen(file)}: step ${index + 1}`
  const words = filled(step.each, values, where)
    .split(',')
    .map((one) => one.trim())
  if (words.includes('')) throw new RunbookInvalid(where, 'each has an empty word', ['write it like web1,web2'])
  const all = words.map((one) => stepOf(step, { ...within, values: new Map([...values, ['each', one]]) }))
  return (await Promise.all(all)).flat()
}

async function stepOf(step: RawStep, within: Within): Promise<RunbookStep[]> {
  const { file, raw, values, index, around } = within
  const fill = (text: string) => filled(text, values, `${asSeen(file)}: step ${index + 1}`)
  const timeout = parseDuration(raw.hook_timeout ?? '10m') ?? 0
  const hook = (argv: readonly string[] | undefined): Hook[] =>
    argv ? [{ argv: argv.map(fill), directory: dirname(file), timeout }] : []
  const before = [...around.before, ...hook(raw.before_each)]
  const after = [...hook(raw.after_each), ...around.after]
  if (step.include !== undefined) {
    const given = new Map(Object.entries(step.vars ?? {}).map(([name, value]) => [name, fill(value)]))
    const path = resolve(dirname(file), fill(step.include))
    return (await load(path, given, { above: [...around.above, file], before, after })).steps
  }
  const zdt = step.zdt?.map(fill)
  const approve = step.approve === undefined ? undefined : fill(step.approve)
  return [
    {
      name: step.name === undefined ? (approve ?? quote(zdt ?? [])) : fill(step.name),
      ...(zdt && { zdt }),
      ...(approve !== undefined && { approve }),
      before: zdt ? [...before, ...hook(step.before)] : [],
      after: zdt ? [...hook(step.after), ...after] : [],
    },
  ]
}

/** Those that the runbook knows: as they were given, else as it says. */
function valuesOf(
  seen: string,
  { vars = {} }: RawRunbook,
  { given, above }: { readonly given: Values; readonly above: readonly string[] },
): Values {
  const names = Object.keys(vars)
  const strange = [...given.keys()].find((name) => !names.includes(name))
  if (strange !== undefined) {
    const near = nearest(strange, names)
    const known = names.length > 0 ? `its vars are ${names.join(', ')}` : 'it has no vars'
    throw new RunbookInvalid(
      seen,
      `no variable ${strange}`,
      near.length > 0 ? near.map((one) => `did you mean ${one}?`) : [known],
    )
  }
  const values = new Map(
    Object.entries(vars).flatMap(([name, value]) => {
      const known = given.get(name) ?? value
      return known === null ? [] : [[name, known] as const]
    }),
  )
  const missing = names.filter((name) => !values.has(name))
  if (missing.length === 0) return values
  throw new RunbookInvalid(
    seen,
    `${missing.join(', ')} must be given`,
    above.length === 0
      ? missing.map((name) => `--var ${name}=…`)
      : [
          `vars: { ${missing.map((name) => `${name}: …`).join(', ')} } beside include, in ${asSeen(above.at(-1) ?? '')}`,
        ],
  )
}

/** `{{vars.NAME}}`, and nothing else in braces. Throws RunbookInvalid. */
function filled(text: string, values: Values, where: string): string {
  const open = /\{\{|\}\}/.exec(text.replaceAll(/\{\{(.*?)\}\}/gs, ''))
  if (open) throw new RunbookInvalid(where, `${open[0]} stands alone in ${text}`, ['write it like {{vars.server}}'])
  return text.replaceAll(/\{\{(.*?)\}\}/gs, (whole, within: string) => {
    const name = /^\s*vars\.([A-Za-z0-9][A-Za-z0-9._:-]*)\s*$/.exec(within)?.[1]
    if (name === undefined)
      throw new RunbookInvalid(where, `${whole} is no variable`, ['write it like {{vars.server}}'])
    const value = values.get(name)
    if (value !== undefined) return value
    const near = nearest(name, [...values.keys()])
    throw new RunbookInvalid(
      where,
      `no variable ${name}`,
      near.length > 0 ? near.map((one) => `did you mean ${one}?`) : ['name it under vars:'],
    )
  })
}
