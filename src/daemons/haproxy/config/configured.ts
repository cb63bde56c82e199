import { bracketed } from '../../linux/ip.ts'
import type { Place } from '../commands.ts'
import { inForce, type Keyword, keywordsOf } from './keywords.ts'
import { type ConfigLine, defaultsOf, isBackend, parseConfig, type Section } from './sections.ts'
import { isVariable, type Word } from './words.ts'

/** An address and port that say themselves what they are. */
export type Endpoint = { readonly address: string; readonly port: number }

/** A `server` line, with what its `default-server` lines add. */
export type ConfiguredServer = Place & {
  /** The address as it is written. */
  readonly where: string
  /** undefined: a name, a socket, a variable, or a port that is not one number. */
  readonly endpoint?: Endpoint
  readonly weight: number | undefined
  readonly disabled: boolean
  readonly ssl: boolean
  /** Own and inherited, the last of each name. */
  readonly keywords: readonly Keyword[]
  /** The line, and the word in it that is the address; none of its own for one of a `server-template`. */
  readonly line: ConfigLine
  readonly addressWord?: Word
  readonly template: boolean
}

/** Reads `10.0.0.21:8080`, `[2001:db8::1]:80` and, as HAProxy, `2001:db8::1:80`; undefined where it is no such thing. */
export function endpointOf(where: string): Endpoint | undefined {
  const [, address = '', port = ''] = /^(?:ipv[46]@)?(.*):(\d{1,5})$/.exec(where) ?? []
  const [, bracketed] = /^\[([0-9a-fA-F:.]+)\]$/.exec(address) ?? []
  const bare = bracketed ?? address
  const literal = /^\d{1,3}(\.\d{1,3}){3}$/.test(bare) || (bare.includes(':') && /^[0-9a-fA-F:.]+$/.test(bare))
  return literal && Number(port) > 0 ? { address: bare, port: Number(port) } : undefined
}

/** Writes an endpoint as a `server` line takes it. */
export function endpointWord({ address, port }: Endpoint): string {
  return `${bracketed(address)}:${port}`
}

/** The value of a keyword, undefined where it is not there. */
export function valueOf(keywords: readonly Keyword[], name: string): string | undefined {
  return keywords.find((keyword) => keyword.name === name)?.value
}

export function says(keywords: readonly Keyword[], name: string): boolean {
  return keywords.some((keyword) => keyword.name === name)
}

/** 1 where it says nothing; undefined where the environment says it. */
function weightOf(keywords: readonly Keyword[]): number | undefined {
  const text = valueOf(keywords, 'weight') ?? '1'
  return isVariable(text) || !/^\d+$/.test(text) ? undefined : Number(text)
}

function defaultServer(lines: readonly ConfigLine[]): Keyword[] {
  return lines
    .filter(({ words }) => words[0]?.text === 'default-server')
    .flatMap(({ words }) => keywordsOf(words.slice(1)))
}

/** `server-template app 1-3 …` → app1, app2, app3. */
function templateNames(prefix: string, range: string): string[] {
  const [, low, high] = /^(?:(\d+)-)?(\d+)$/.exec(range) ?? []
  const [from, to] = [Number(low ?? 1), Number(high ?? 0)]
  if (to - from > 10_000) return []
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => `${prefix}${from + index}`)
}

function serversIn(section: Section, inherited: readonly Keyword[]): ConfiguredServer[] {
  return section.lines.flatMap((line, index) => {
    const [what, name, ...rest] = line.words
    const template = what?.text === 'server-template'
    if (name === undefined || (what?.text !== 'server' && !template)) return []
    const [where, ...own] = template ? rest.slice(1) : rest
    if (where === undefined) return []
    const keywords = inForce([
      ...inherited,
      // Those below the line are for the servers below them.
      ...defaultServer(section.lines.slice(0, index)),
      ...keywordsOf(own),
    ])
    const names = template ? templateNames(name.text, rest[0]?.text ?? '') : [name.text]
    return names.map((server) => ({
      backend: section.name,
      server,
      where: where.text,
      endpoint: endpointOf(where.text),
      weight: weightOf(keywords),
      disabled: says(keywords, 'disabled'),
      ssl: says(keywords, 'ssl'),
      keywords,
      line,
      ...(!template && { addressWord: where }),
      template,
    }))
  })
}

/** Every server that a haproxy.cfg gives its backends, in its order. */
export function configuredServers(text: string): readonly ConfiguredServer[] {
  const sections = parseConfig(text)
  return sections.filter(isBackend).flatMap((section) =>
    serversIn(
      section,
      defaultsOf(section, sections).flatMap(({ lines }) => defaultServer(lines)),
    ),
  )
}
