import type { Word } from './words.ts'

/** A keyword of a `server` or `default-server` line, with its value if it takes one. */
export type Keyword = { readonly name: string; readonly value?: string }

/** Those without a value (configuration manual §5.2, 2.4 to 3.2); all others have exactly one. */
const bare: ReadonlySet<string> = new Set([
  'agent-check',
  'allow-0rtt',
  'backup',
  'check',
  'check-reuse-pool',
  'check-send-proxy',
  'check-ssl',
  'check-via-socks4',
  'disabled',
  'enabled',
  'non-stick',
  'send-proxy',
  'send-proxy-v2',
  'send-proxy-v2-ssl',
  'send-proxy-v2-ssl-cn',
  'ssl',
  'ssl-reuse',
  'stick',
  'strict-maxconn',
  'tfo',
  'tls-tickets',
])

function takesValue(name: string): boolean {
  return !bare.has(name) && !/^(no-|force-)/.test(name)
}

/** Reads the words behind a server's address. */
export function keywordsOf(words: readonly Word[]): Keyword[] {
  const found: Keyword[] = []
  for (let at = 0; at < words.length; at++) {
    const name = words[at]?.text ?? ''
    if (takesValue(name)) found.push({ name, value: words[++at]?.text })
    else found.push({ name })
  }
  return found
}

/** What a `no-…`, `enabled` or a later value of the same name takes back. */
function undoneBy({ name }: Keyword): string {
  if (name === 'enabled') return 'disabled'
  return name.startsWith('no-') ? name.slice(3) : name
}

/** Lines one over the other, as `default-server` and `server` are: of each keyword the last one holds. */
export function inForce(keywords: readonly Keyword[]): Keyword[] {
  const held = new Map<string, Keyword>()
  for (const keyword of keywords) {
    const about = undoneBy(keyword)
    held.delete(about)
    if (keyword.name !== 'enabled') held.set(about, keyword)
  }
  // Others say something by themselves, such as no-tls-tickets.
  return [...held.values()].filter(
    ({ name }) => !/^no-(check|backup|ssl|agent-check|disabled|send-proxy.*)$/.test(name),
  )
}

/** The words of keywords, as they are written. */
export function written(keywords: readonly Keyword[]): string[] {
  return keywords.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value]))
}
