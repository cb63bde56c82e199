import { endpointWord } from '../config/configured.ts'
import { isBackend, parseConfig } from '../config/sections.ts'
import { isDynamic } from '../needs/dynamic.ts'
import type { KeptServer } from './runtime-state.ts'

/**
 * The words that make a server again which only `add server` knows: what HAProxy tells of it. Not told, and lost: the
 * interval of its checks, `send-proxy`, `slowstart`, `on-error` and the like. TLS is not guessed at: without its `verify`
 * and `ca-file` it would be another server.
 */
export function addedAgain(
  from: KeptServer,
  columns: readonly string[],
  next: string,
): { readonly words: readonly string[] } | { readonly why: string } {
  const cell = (name: string) => from.cells[columns.indexOf(name)] ?? ''
  const sections = parseConfig(next)
  const backend = sections.find((section) => isBackend(section) && section.name === from.backend)
  if (backend === undefined) return { why: `there is no backend ${from.backend} any more` }
  if (!isDynamic(backend, sections)) return { why: 'the algorithm of its backend is now a static one' }
  if (from.ssl)
    return { why: 'its TLS settings cannot be read back; add it again by hand, or write it into haproxy.cfg' }
  if (from.address === '' || from.fqdn !== undefined) {
    return { why: 'its address is looked up by name; add it again by hand, or write it into haproxy.cfg' }
  }
  const number = (name: string) => Number(cell(name)) || undefined
  const words: readonly (readonly [string, string | number | undefined])[] = [
    ['weight', from.initialWeight],
    ['maxconn', from.maxconn],
    ['track', from.tracks],
    ['rise', from.rise],
    ['fall', from.fall],
    ['port', number('srv_check_port')],
    ['agent-port', from.agent === 'none' ? undefined : number('srv_agent_port')],
    ['cookie', from.cookie],
  ]
  return {
    words: [
      endpointWord(from),
      ...(from.check === 'none' ? [] : ['check']),
      ...(from.agent === 'none' ? [] : ['agent-check']),
      ...(from.backup ? ['backup'] : []),
      ...words.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
    ],
  }
}
