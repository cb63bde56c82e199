import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { FleetInvalid, FleetNotFound, type Problem } from './errors.ts'
import { issueProblems } from './issues.ts'
import { pathText, Positions } from './positions.ts'
import type { CrossMistake } from './raw.ts'
import { keyProblems, numberProblems, structureProblems, syntaxProblems } from './syntax.ts'

/** The text of a file that somebody has named. Throws FleetNotFound. */
export async function yamlText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new FleetNotFound(`${file} cannot be read`, { said: reason(error), cause: error })
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new FleetNotFound(`${file} is not UTF-8 text`, { said: reason(error), cause: error })
  }
}

/** A file as messages name it: from the working directory, where that is shorter. */
export function asSeen(file: string): string {
  const seen = relative(process.cwd(), file)
  return seen === '' || seen.startsWith('..') ? file : seen
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

interface Reading<Schema extends z.ZodType> {
  /** What messages call it. */
  readonly file: string
  readonly schema: Schema
  readonly cross?: (data: unknown) => readonly CrossMistake[]
}

/**
 * Reads the text of a YAML file by a schema. Throws FleetInvalid with every mistake, in the order in which they stand in the
 * file. Nothing is expanded: no environment variables, no names looked up.
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  { file, schema, cross = () => [] }: Reading<Schema>,
): z.output<Schema> {
  const lines = new LineCounter()
  // The core schema also under a %YAML 1.1 line, where `no` would be false and 10:30 a number.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core', logLevel: 'error' })
  const positions = new Positions(document, lines)

  const syntax = syntaxProblems(document, positions)
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) throw new FleetInvalid(file, syntax)
  const structure = structureProblems(document, positions)
  if (structure.length > 0) throw new FleetInvalid(file, inOrder([...syntax, ...structure]))

  const data = plainData(document, file)
  const read = schema.safeParse(data)
  const mistakes = [
    ...syntax,
    ...keyProblems(document, positions),
    ...(read.success ? [] : issueProblems(read.error.issues, { positions, schema })),
    ...cross(data).map(({ path, at, message }) => {
      const place = at === 'key' ? positions.ofKey(path) : positions.ofValue(path)
      return { ...place, path: pathText(path), message }
    }),
  ]
  // Where more is wrong with a value, that says enough.
  const silent = numberProblems(document, positions).filter(
    (one) => !mistakes.some(({ line, column }) => line === one.line && column === one.column),
  )
  const problems = [...mistakes, ...silent]
  if (!read.success || problems.length > 0) throw new FleetInvalid(file, inOrder(problems))
  return read.data
}

function plainData(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch {
    // An alias of aliases of aliases: the parser counts and gives up.
    throw new FleetInvalid(file, [
      { line: 1, column: 1, path: '', message: 'has aliases of aliases beyond measure, expected plain values' },
    ])
  }
}

/** As they stand in the file, and one for each place: a second rule broken by the same value says nothing new. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const first = new Map<string, Problem>()
  for (const problem of problems) {
    const place = `${problem.line}:${problem.column} ${problem.path}`
    first.set(place, first.get(place) ?? problem)
  }
  return [...first.values()].toSorted((a, b) => a.line - b.line || a.column - b.column)
}
