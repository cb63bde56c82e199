import { type Word, wordsOf } from './words.ts'

/** A line that says something. */
export type ConfigLine = {
  /** From 0, in the text. */
  readonly number: number
  readonly words: readonly Word[]
  /** Between `.if` and `.endif`: whether it holds cannot be told from the text. */
  readonly conditional: boolean
}

/** A section of haproxy.cfg, from its header to the next. */
export type Section = {
  /** `global`, `defaults`, `frontend`, `backend`, `listen`, `peers`… */
  readonly kind: string
  /** '' where it has none. */
  readonly name: string
  readonly header: ConfigLine
  readonly lines: readonly ConfigLine[]
}

/** What begins a section, in the versions from 2.4 to 3.2 (configuration manual). */
const kinds: ReadonlySet<string> = new Set([
  'acme',
  'backend',
  'cache',
  'crt-store',
  'defaults',
  'fcgi-app',
  'frontend',
  'global',
  'http-errors',
  'listen',
  'log-forward',
  'log-profile',
  'mailers',
  'peers',
  'program',
  'resolvers',
  'ring',
  'traces',
  'userlist',
])

/** The words of a line, as they are compared: comments, indentation and quotes are nothing. */
export function meaning({ words }: ConfigLine): string {
  return JSON.stringify(words.map(({ text }) => text))
}

/**
 * Reads a haproxy.cfg into its sections. Tolerant: what it does not know is a line like any other, and nothing is an
 * error here; HAProxy itself says what is. Lines before the first section are left out.
 */
export function parseConfig(text: string): readonly Section[] {
  const sections: { kind: string; name: string; header: ConfigLine; lines: ConfigLine[] }[] = []
  let depth = 0
  for (const [number, line] of text.split('\n').entries()) {
    const words = wordsOf(line)
    const first = words[0]?.text
    if (first === undefined) continue
    if (first === '.if') depth++
    const here: ConfigLine = { number, words, conditional: depth > 0 || first.startsWith('.') }
    if (first === '.endif') depth--
    if (kinds.has(first)) sections.push({ kind: first, name: words[1]?.text ?? '', header: here, lines: [] })
    else sections.at(-1)?.lines.push(here)
  }
  return sections
}

/** The `defaults` sections that a section takes its settings from, the farthest first. */
export function defaultsOf(section: Section, sections: readonly Section[]): readonly Section[] {
  const before = sections.slice(0, sections.indexOf(section))
  const from = section.header.words.findIndex(({ text }, index) => index > 0 && text === 'from')
  const named = from < 0 ? undefined : section.header.words[from + 1]?.text
  // A `defaults` without `from` begins from nothing; a proxy without takes the latest one above it.
  if (named === undefined && section.kind === 'defaults') return []
  const found = before.findLast(({ kind, name }) => kind === 'defaults' && (named === undefined || name === named))
  return found ? [...defaultsOf(found, sections), found] : []
}

/** The sections that balance: `backend` and `listen`. */
export function isBackend({ kind }: Section): boolean {
  return kind === 'backend' || kind === 'listen'
}
