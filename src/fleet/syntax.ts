import { isNode, isPair, isScalar, visit, type Document, type Node, type YAMLError } from 'yaml'
import type { Problem } from './errors.ts'
import { keyName, pathText, type Positions } from './positions.ts'

/** The parser's codes in our words; a code without a sentence here keeps the parser's own. */
const sentences: Readonly<Record<string, string>> = {
  BAD_INDENT: 'the indentation fits nothing above, expected it to line up with its neighbours',
  BAD_SCALAR_START: 'the value begins with a character that YAML reserves, expected quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'a second name on one line, expected a line of its own, or quotes around text with ": "',
  MISSING_CHAR: 'something is not closed or not separated, expected a quote, bracket, comma or colon before here',
  MULTILINE_IMPLICIT_KEY: 'a line without a value, expected NAME: VALUE with a space after the colon',
  MULTIPLE_DOCS: 'a second document begins here, expected one fleet in one file',
  TAB_AS_INDENT: 'a tab in the indentation, expected spaces',
  UNEXPECTED_TOKEN: 'this does not belong here, expected NAME: VALUE',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply to be read, expected a fleet',
  TAG_RESOLVE_FAILED: 'a YAML tag that zdt does not know, expected plain values',
}

/** What the YAML parser found wrong: the first mistake of each line, since one slip makes it stumble again and again. */
export function syntaxProblems(document: Document, positions: Positions): Problem[] {
  const problems = new Map<number, Problem>()
  for (const error of [...document.errors, ...document.warnings]) {
    const problem = syntaxProblem(error, document, positions)
    if (!problems.has(problem.line)) problems.set(problem.line, problem)
  }
  return [...problems.values()]
}

function syntaxProblem(error: YAMLError, document: Document, positions: Positions): Problem {
  const place = positions.at(error.pos[0])
  if (error.code !== 'DUPLICATE_KEY') return { ...place, path: '', message: sentences[error.code] ?? error.message }
  const path = pathOfKey(document, error.pos[0])
  return { ...place, path: pathText(path), message: 'is there twice, expected once' }
}

function pathOfKey(document: Document, offset: number): string[] {
  let path: string[] = []
  visit(document, {
    Pair(_index, pair, ancestors) {
      if (!isNode(pair.key) || pair.key.range?.[0] !== offset) return undefined
      path = [...ancestors.filter(isPair), pair].map(({ key }) => keyName(key))
      return visit.BREAK
    },
  })
  return path
}

/** What is YAML but no data: aliases to nothing or to what they are in, and names that are lists or maps. */
export function structureProblems(document: Document, positions: Positions): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Alias(_index, alias, ancestors) {
      const target = alias.resolve(document)
      if (target !== undefined && !ancestors.includes(target)) return
      const mistake =
        target === undefined ? `points to nothing, expected &${alias.source} before it` : 'contains itself'
      problems.push({ ...placeOf(alias, positions), path: '', message: `*${alias.source} ${mistake}` })
    },
    Pair(_index, { key }) {
      if (!isNode(key) || isScalar(key)) return
      const message = 'a list, a map or an alias in place of a name, expected text'
      problems.push({ ...placeOf(key, positions), path: '', message })
    },
  })
  return problems
}

/** Names that are not text: a server called 007 would silently become server 7. */
export function keyProblems(document: Document, positions: Positions): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Pair(_index, { key }) {
      if (!isScalar(key) || typeof key.value === 'string' || key.source === keyName(key)) return
      const message = `the name ${key.source ?? ''} reads as ${keyName(key) || 'nothing'}, expected it in quotes`
      problems.push({ ...placeOf(key, positions), path: '', message })
    },
  })
  return problems
}

function placeOf(node: Node, positions: Positions) {
  return positions.at(node.range?.[0] ?? 0)
}

/** Numbers that are not what is written: 1.10 would silently become 1.1, and an account of twenty digits another one. */
export function numberProblems(document: Document, positions: Positions): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Scalar(at, scalar) {
      const { value, source } = scalar
      if (at === 'key' || typeof value !== 'number' || !Number.isFinite(value) || source === String(value)) return
      const message = `${source ?? ''} reads as ${value}, expected that, or quotes around it`
      problems.push({ ...placeOf(scalar, positions), path: '', message })
    },
  })
  return problems
}
