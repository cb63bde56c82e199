import { configuredServers } from '../config/configured.ts'
import { isBackend, meaning, parseConfig, type Section } from '../config/sections.ts'
import type { Need, Needed } from './change.ts'
import { type Live, serversDiffer } from './servers-differ.ts'

/** What a section is called in both configurations. */
function title({ kind, name }: Section): string {
  return name === '' ? kind : `${kind} ${name}`
}

/** Sections that say the same, however they are laid out. */
function sameWords(one: Section, other: Section, among: (section: Section) => string[] = everyLine): boolean {
  return meaning(one.header) === meaning(other.header) && among(one).join('\n') === among(other).join('\n')
}

function everyLine({ lines }: Section): string[] {
  return lines.map((line) => meaning(line))
}

/** What is compared by server instead. */
function withoutServers({ lines }: Section): string[] {
  return lines
    .filter(({ words }) => !['server', 'default-server', 'server-template'].includes(words[0]?.text ?? ''))
    .map((line) => meaning(line))
}

/**
 * The environment of the master outlives its re-exec (2.6, 3.0): a variable that is set no more stays, and `presetenv` finds
 * the old one there.
 */
function environment({ lines }: Section): string[] {
  return lines.filter(({ words }) => /^(pre|re|un)?setenv$/.test(words[0]?.text ?? '')).map((line) => meaning(line))
}

/** A program that is not started anew at a reload goes on as it was (`no option start-on-reload`). */
function isKeptProgram({ kind, lines }: Section): boolean {
  const kept = JSON.stringify(['no', 'option', 'start-on-reload'])
  return kind === 'program' && lines.some((line) => meaning(line) === kept)
}

function sectionNeed(old: Section | undefined, next: Section | undefined): readonly [Need, string?] {
  const [one, other] = [old, next].map((each) => each && environment(each).join('\n'))
  if (old?.kind === 'global' || next?.kind === 'global') {
    const why = 'the environment of the master outlives a reload'
    if ((one ?? '') !== (other ?? '')) return ['restart', why]
  }
  const program = [old, next].some((each) => each && isKeptProgram(each))
  return program ? ['restart', 'the program is kept over a reload'] : ['reload']
}

/** The lines of one that the other has not, at most so many, as they stand. */
function lineDifference(from: Section | undefined, than: Section | undefined): string[] {
  const known = new Set(than?.lines.map((line) => meaning(line)))
  return (from?.lines ?? [])
    .filter((line) => !known.has(meaning(line)))
    .map(({ words }) => words.map(({ text }) => text).join(' '))
}

function whatChanged(old: Section | undefined, next: Section | undefined): string {
  if (old === undefined) return 'new'
  if (next === undefined) return 'removed'
  const [gone, come] = [lineDifference(old, next), lineDifference(next, old)]
  if (gone.length === 1 && come.length === 1) return `${gone[0]} → ${come[0]}`
  if (gone.length + come.length === 0) return 'lines in another order'
  return [...gone.map((line) => `− ${line}`), ...come.map((line) => `+ ${line}`)].slice(0, 3).join(', ')
}

/** The same name may be there several times: `global`, or a nameless `defaults`. */
function byTitle(sections: readonly Section[]): Map<string, Section> {
  const seen = new Map<string, number>()
  return new Map(
    sections.map((section) => {
      const name = title(section)
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      return [count === 1 ? name : `${name} (${count})`, section]
    }),
  )
}

/** The sections of one that the other has too, in its order. */
function order(one: ReadonlyMap<string, Section>, other: ReadonlyMap<string, Section>): string {
  return [...one.keys()].filter((name) => other.has(name)).join('\n')
}

/**
 * Says of each change from the running configuration to the next one what it needs to be in force: nothing (comments,
 * layout), the runtime CLI, a reload, or a restart. `running` must be what the worker runs. Pure; tolerant of what it does
 * not know, which needs a reload. A change in the unit's own file (`ExecStart`, `-S`, its environment) needs a restart and is
 * not seen here. nginx and Keepalived have no runtime CLI: any change of theirs needs a reload.
 */
export function neededFor(running: string, next: string, live: Live): readonly Needed[] {
  const [before, after] = [parseConfig(running), parseConfig(next)]
  const [was, is] = [byTitle(before), byTitle(after)]
  const [oldServers, newServers] = [configuredServers(running), configuredServers(next)]
  const conditional = [...before, ...after].some(({ lines }) => lines.some((line) => line.conditional))
  if (order(was, is) !== order(is, was)) {
    return [
      {
        where: 'haproxy.cfg',
        what: 'sections in another order',
        need: 'reload',
        why: 'defaults hold for those below them',
      },
    ]
  }
  const all = new Set([...was.keys(), ...is.keys()])
  return [...all].flatMap((where): readonly Needed[] => {
    const [old, now] = [was.get(where), is.get(where)]
    if (old && now && sameWords(old, now, isBackend(now) ? withoutServers : everyLine)) {
      if (!isBackend(now)) return []
      const of = (section: Section, sections: readonly Section[], servers: typeof oldServers) => ({
        section,
        sections,
        servers: servers.filter(({ backend }) => backend === section.name),
      })
      const found = serversDiffer(of(old, before, oldServers), of(now, after, newServers), live)
      if (found.every(({ need }) => need !== 'runtime') || !conditional) return found
      return found.map(({ where, what }) => ({
        where,
        what,
        need: 'reload',
        why: 'with .if its lines cannot be judged',
      }))
    }
    const onlyDefaults = old && now && old.kind === 'defaults' && sameWords(old, now, withoutServers)
    // What its default-server lines say is compared server by server.
    if (onlyDefaults) return []
    const [need, why] = sectionNeed(old, now)
    return [{ where, what: whatChanged(old, now), need, ...(why !== undefined && { why }) }]
  })
}
