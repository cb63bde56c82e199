import { type ConfiguredServer, endpointWord } from '../config/configured.ts'
import type { Keyword } from '../config/keywords.ts'
import { written } from '../config/keywords.ts'
import { defaultsOf, type Section } from '../config/sections.ts'
import { isVariable } from '../config/words.ts'

/** What `add server` takes on 2.6 and 3.0 (management guide §9.3, "add server"); `cookie` only later. */
const accepted: ReadonlySet<string> = new Set(
  `agent-addr agent-check agent-inter agent-port agent-send allow-0rtt alpn addr backup ca-file check check-alpn check-proto
  check-send-proxy check-sni check-ssl check-via-socks4 ciphers ciphersuites crl-file crt downinter error-limit fall
  fastinter inter maxconn maxqueue minconn no-ssl-reuse no-tls-tickets npn observe on-error on-marked-down on-marked-up
  pool-low-conn pool-max-conn pool-purge-delay port proto proxy-v2-options rise send-proxy send-proxy-v2 send-proxy-v2-ssl
  send-proxy-v2-ssl-cn slowstart sni source ssl ssl-max-ver ssl-min-ver tfo tls-tickets track usesrc verify verifyhost weight
  ws`.split(/\s+/),
)

/** Say nothing of a server with a fixed address, or are set by themselves. */
const idle: ReadonlySet<string> = new Set([
  'init-addr',
  'enabled',
  'resolve-net',
  'resolve-opts',
  'resolve-prefer',
  'ssl-reuse',
])

/** What a section says last of a keyword, its defaults included. */
export function setting(section: Section, sections: readonly Section[], keyword: string): string | undefined {
  return [...defaultsOf(section, sections), section]
    .flatMap(({ lines }) => lines)
    .findLast(({ words }) => words[0]?.text === keyword)?.words[1]?.text
}

/** Which servers it has may be changed while it runs: algorithms that weigh anew, and hashes that are consistent. */
export function isDynamic(section: Section, sections: readonly Section[]): boolean {
  const algorithm = setting(section, sections, 'balance') ?? 'roundrobin'
  if (/^(roundrobin|leastconn|first|random(\(.*\))?)$/.test(algorithm)) return true
  return isHash(section, sections) && setting(section, sections, 'hash-type') === 'consistent'
}

export function isHash(section: Section, sections: readonly Section[]): boolean {
  return /^(source|uri|url_param|hdr|hash|rdp-cookie)/.test(setting(section, sections, 'balance') ?? 'roundrobin')
}

/** Words that can be said on the runtime CLI as they are. */
const plain = /^[A-Za-z0-9_.:,/()@%+=*-]+$/

/** The words behind `add server b/s`, or why they cannot be said. `default-server` does not reach a server made so: they are all in it. */
export function addWords(
  { endpoint, keywords, template }: ConfiguredServer,
  version: string,
): { readonly words: readonly string[] } | { readonly why: string } {
  if (template) return { why: 'a server-template is read at start only' }
  if (endpoint === undefined) return { why: 'its address is not an address and one port' }
  const said = keywords.filter(({ name }) => !idle.has(name))
  const takes = ({ name }: Keyword) => accepted.has(name) || (name === 'cookie' && takesCookie(version))
  const strange = said.find((keyword) => !takes(keyword))
  if (strange) return { why: `"add server" of HAProxy ${version} does not take ${strange.name}` }
  const words = written(said)
  const odd = words.find((word) => !plain.test(word) || isVariable(word))
  if (odd !== undefined) return { why: `${odd} cannot be said on the runtime CLI` }
  return { words: [endpointWord(endpoint), ...words] }
}

function takesCookie(version: string): boolean {
  return Number.parseFloat(version) >= 3
}
