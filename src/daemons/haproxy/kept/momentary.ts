import { endpointWord } from '../config/configured.ts'
import { defaultsOf, isBackend, parseConfig, type Section } from '../config/sections.ts'
import type { Keeping } from './keeping.ts'

/** The first line of a configuration that lies there for one reload only. */
export const momentaryMark =
  '# zdt: for one reload, to load the state of the servers; the file it was made from is put back'

const file = 'server-state-file'
const load = 'load-server-state-from-file'

function said(section: Section, keyword: string): string | undefined {
  return section.lines.findLast(({ words }) => words[0]?.text === keyword)?.words[1]?.text
}

/** The backends that are carried over and do not load the global state file by themselves. */
function silent(sections: readonly Section[], { carried }: Keeping): Section[] {
  const wanted = new Set(carried.map(({ backend }) => backend))
  return sections.filter(
    (section) =>
      isBackend(section) &&
      wanted.has(section.name) &&
      [...defaultsOf(section, sections), section]
        .map((each) => said(each, load))
        .findLast((value) => value !== undefined) !== 'global',
  )
}

/**
 * The state file that a configuration itself loads for every backend that is carried over, so that it needs no other
 * text for the reload; undefined where it does not, or where a server has an address that the file does not say.
 */
export function loadsItself(next: string, kept: Keeping): string | undefined {
  const sections = parseConfig(next)
  const globals = sections.filter(({ kind }) => kind === 'global')
  const find = (keyword: string) => globals.map((each) => said(each, keyword)).findLast((value) => value !== undefined)
  const path = find(file)
  if (path === undefined || silent(sections, kept).length > 0) return undefined
  if (kept.carried.some(({ wish }) => wish.endpoint)) return undefined
  const absolute = path.startsWith('/') ? path : `${find('server-state-base') ?? ''}/${path}`
  return /^\/[A-Za-z0-9_./-]+$/.test(absolute) ? absolute : undefined
}

/**
 * The configuration to lie at its place for the moment of one reload: the new one, told to load the state at
 * `statePath`, with the addresses that operators have given. Lines keep their order; HAProxy reads it once, at its
 * re-exec, and the real one is put back (a worker never looks at the file again).
 */
export function momentaryConfig(next: string, kept: Keeping, statePath: string): string {
  const lines = next.split('\n')
  const sections = parseConfig(next)
  for (const { to, wish } of kept.carried) {
    if (wish.endpoint === undefined || to.addressWord === undefined) continue
    const line = lines[to.line.number] ?? ''
    lines[to.line.number] =
      `${line.slice(0, to.addressWord.from)}${endpointWord(wish.endpoint)}${line.slice(to.addressWord.to)}`
  }
  for (const section of silent(sections, kept)) {
    const own = section.lines.filter(({ words }) => words[0]?.text === load)
    for (const { number } of own) lines[number] = `    ${load} global`
    if (own.length === 0) lines[section.header.number] += `\n    ${load} global`
  }
  const globals = sections.filter(({ kind }) => kind === 'global')
  const own = globals.flatMap((each) => each.lines.filter(({ words }) => words[0]?.text === file))
  // Said twice it is an error.
  for (const { number } of own) lines[number] = `    ${file} ${statePath}`
  const [first] = globals
  if (own.length === 0 && first) lines[first.header.number] += `\n    ${file} ${statePath}`
  const head = first ? [momentaryMark] : [momentaryMark, 'global', `    ${file} ${statePath}`]
  return [...head, ...lines].join('\n')
}

/** Was this left by a reload that was killed in the middle? */
export function isMomentary(config: string): boolean {
  return config.startsWith(`${momentaryMark}\n`)
}
