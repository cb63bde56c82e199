import { seatName } from '../commands.ts'
import type { ConfiguredServer } from '../config/configured.ts'
import { type Keyword, written } from '../config/keywords.ts'
import type { Section } from '../config/sections.ts'
import type { RuntimeState } from '../kept/runtime-state.ts'
import type { Needed } from './change.ts'
import { addWords, isDynamic, isHash } from './dynamic.ts'

/** A backend as it is in one of the two configurations. */
export type BackendText = {
  readonly section: Section
  readonly sections: readonly Section[]
  readonly servers: readonly ConfiguredServer[]
}

/** What else is known: the running worker. */
export type Live = { readonly state: RuntimeState; readonly version: string }

const unsaid: ReadonlySet<string> = new Set(['weight', 'disabled', 'enabled'])

/** Keywords that can only be said at start, each as it is written, whatever their order. */
function fixed(keywords: readonly Keyword[]): string[] {
  return keywords
    .filter(({ name }) => !unsaid.has(name))
    .map((keyword) => written([keyword]).join(' '))
    .toSorted()
}

function reload(where: string, what: string, why: string): Needed {
  return { where, what, need: 'reload', why }
}

/** A server that both have. */
function changed(
  old: ConfiguredServer,
  next: ConfiguredServer,
  { section, sections }: BackendText,
  { state }: Live,
): Needed[] {
  const place = { backend: next.backend, server: next.server }
  const where = seatName(next)
  const [was, is] = [fixed(old.keywords), fixed(next.keywords)]
  const differing = [
    ...was.filter((word) => !is.includes(word)).map((word) => `− ${word}`),
    ...is.filter((word) => !was.includes(word)).map((word) => `+ ${word}`),
  ]
  if (differing.length > 0) return [reload(where, differing.join(', '), 'these keywords are read at start only')]
  if (old.template !== next.template) return [reload(where, 'server-template', 'it is read at start only')]
  const found: Needed[] = []
  const runtime = (what: string, change: Needed['change']) => found.push({ where, what, need: 'runtime', change })
  if (old.where !== next.where) {
    const what = `${old.where} → ${next.where}`
    const admin = state.servers.find((server) => seatName(server) === where)?.admin ?? 'ready'
    if (next.endpoint && old.endpoint) runtime(what, { ...place, change: 'address', to: next.endpoint, admin })
    else found.push(reload(where, what, 'an address that is no number is read at start only'))
  }
  if (old.weight !== next.weight) {
    const what = `weight ${old.weight ?? '?'} → ${next.weight ?? '?'}`
    const to = next.weight
    if (to === undefined || to > 256)
      found.push(reload(where, what, 'a weight that is no number is read at start only'))
    else if (isDynamic(section, sections)) runtime(what, { ...place, change: 'weight', to })
    else found.push(reload(where, what, 'the algorithm is static'))
  }
  if (old.disabled !== next.disabled) {
    const change = next.disabled ? 'disable' : 'enable'
    runtime(next.disabled ? 'disabled' : 'no longer disabled', { ...place, change })
  }
  return found
}

/** Is a server named by anything else than its own line, which would be without it? */
function isNamed({ server, backend }: ConfiguredServer, { section, sections }: BackendText): boolean {
  const other = new RegExp(
    String.raw`(^|[^A-Za-z0-9_.:-])${server.replaceAll(/[.]/g, String.raw`\.`)}($|[^A-Za-z0-9_.:-])`,
  )
  const names = (section: Section) =>
    section.lines.some(({ words }) => {
      const [what, name] = words
      if (what?.text === 'server' && name?.text !== server) {
        const track = words[words.findIndex(({ text }) => text === 'track') + 1]?.text
        return track === `${backend}/${server}` || (section.name === backend && track === server)
      }
      return what?.text !== 'server' && words.slice(1).some(({ text }) => other.test(text))
    })
  return names(section) || sections.some((each) => each !== section && namesPlace(each, `${backend}/${server}`))
}

function namesPlace({ lines }: Section, place: string): boolean {
  return lines.some(({ words }) => words.some(({ text }) => text === place || text.includes(`(${place}`)))
}

function added(server: ConfiguredServer, last: boolean, next: BackendText, { state, version }: Live): Needed {
  const where = seatName(server)
  const what = `new server ${server.where}`
  if (!isDynamic(next.section, next.sections)) return reload(where, what, 'the algorithm is static')
  if (isHash(next.section, next.sections) && !last) {
    return reload(where, what, 'its place among the others decides which clients it gets')
  }
  if (state.servers.some((one) => seatName(one) === where)) {
    return reload(where, what, 'a server of that name was added at run time')
  }
  if (server.disabled) return reload(where, what, 'it begins disabled')
  const add = addWords(server, version)
  if ('why' in add) return reload(where, what, add.why)
  const { backend, server: name } = server
  return { where, what, need: 'runtime', change: { backend, server: name, change: 'add', words: add.words } }
}

function removed(server: ConfiguredServer, old: BackendText, version: string): Needed {
  const where = seatName(server)
  const what = 'server removed'
  if (!isDynamic(old.section, old.sections)) return reload(where, what, 'the algorithm is static')
  if (isNamed(server, old)) return reload(where, what, 'other lines name it')
  const add = addWords(server, version)
  // Without them there is no way back.
  if ('why' in add) return reload(where, what, add.why)
  const { backend, server: name } = server
  return { where, what, need: 'runtime', change: { backend, server: name, change: 'remove', words: add.words } }
}

/** What each server needs, of a backend whose other lines say the same in both. */
export function serversDiffer(old: BackendText, next: BackendText, live: Live): Needed[] {
  const was = new Map(old.servers.map((server) => [server.server, server]))
  const is = new Map(next.servers.map((server) => [server.server, server]))
  const common = (servers: readonly ConfiguredServer[]) =>
    servers.map(({ server }) => server).filter((server) => was.has(server) && is.has(server))
  const running = new Set(live.state.servers.map((server) => seatName(server)))
  const where = `backend ${next.section.name}`
  if (common(old.servers).join(' ') !== common(next.servers).join(' ')) {
    return [reload(where, 'servers in another order', 'their order is read at start only')]
  }
  const strange = old.servers.find((server) => !running.has(seatName(server)))
  const found = [
    ...old.servers.filter(({ server }) => !is.has(server)).map((server) => removed(server, old, live.version)),
    ...next.servers.flatMap((server, index) => {
      const before = was.get(server.server)
      if (before) return changed(before, server, next, live)
      const last = next.servers.slice(index).every((each) => !was.has(each.server))
      return [added(server, last, next, live)]
    }),
  ]
  if (found.length === 0 || strange === undefined) return found
  const why = `${seatName(strange)} is not in the running worker: it does not run this file`
  return found.map(({ where, what }) => reload(where, what, why))
}
