import { createHash, createHmac } from 'node:crypto'

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** The first field: patterns with commas between, or one hashed name. */
  readonly names: string
  readonly type: string
  readonly key: Buffer
}

/** What known_hosts says of a key. */
export type Verdict =
  | { readonly is: 'known' }
  | { readonly is: 'unknown' }
  | { readonly is: 'changed' | 'revoked'; readonly entry: KnownHost }

/** Reads a known_hosts file. Lines that are comments, empty or broken are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const words = raw.trim().split(/[ \t]+/)
    if (words[0] === '' || words[0]?.startsWith('#') === true) return []
    const marker = words[0]?.startsWith('@') === true ? words.shift()?.slice(1) : undefined
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return []
    const [names, type, base64] = words
    if (names === undefined || type === undefined || base64 === undefined) return []
    const key = Buffer.from(base64, 'base64')
    return keyTypeOf(key) === type ? [{ file, line: index + 1, marker, names, type, key }] : []
  })
}

/** The type that a public key's blob names itself: its first string (RFC 4253 §6.6). */
export function keyTypeOf(blob: Buffer): string {
  return blob.length < 4 ? '' : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1')
}

/** `SHA256:…`, as every ssh tool prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** The name that known_hosts has for a host on a port. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/**
 * The names to look for, in order: HostKeyAlias alone when there is one, as given; else the host with its port, and
 * then, as ssh does, without it.
 */
export function namesOf(host: string, port: number, alias?: string): readonly string[] {
  if (alias !== undefined) return [alias]
  const plain = host.toLowerCase()
  return port === 22 ? [plain] : [knownHostsName(plain, port), plain]
}

function hashedMatch(field: string, name: string): boolean {
  const [salt, hash] = field.slice('|1|'.length).split('|')
  if (salt === undefined || hash === undefined) return false
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

function globMatch(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(name.toLowerCase())
}

/** Is this line about `name`? One negated pattern that matches takes the whole line out. */
export function isAbout({ names }: Pick<KnownHost, 'names'>, name: string): boolean {
  if (names.startsWith('|1|')) return hashedMatch(names, name)
  let about = false
  for (const pattern of names.split(',')) {
    if (pattern.startsWith('!')) {
      if (globMatch(pattern.slice(1), name)) return false
    } else if (pattern !== '' && globMatch(pattern, name)) about = true
  }
  return about
}

/** Judges the key a host showed. Certificate authorities are passed over: that is what `transport: openssh` is for. */
export function judge(entries: readonly KnownHost[], names: readonly string[], key: Buffer): Verdict {
  for (const name of names) {
    const about = entries.filter((entry) => entry.marker !== 'cert-authority' && isAbout(entry, name))
    const revoked = about.find((entry) => entry.marker === 'revoked' && entry.key.equals(key))
    if (revoked !== undefined) return { is: 'revoked', entry: revoked }
    const plain = about.filter((entry) => entry.marker === undefined)
    if (plain.some((entry) => entry.key.equals(key))) return { is: 'known' }
    // Of the same type if there is one: that is the line to look at.
    const other = plain.find((entry) => entry.type === keyTypeOf(key)) ?? plain[0]
    if (other !== undefined) return { is: 'changed', entry: other }
  }
  return { is: 'unknown' }
}

/** The key types that known_hosts pins for a host. */
export function pinnedTypes(entries: readonly KnownHost[], names: readonly string[]): readonly string[] {
  for (const name of names) {
    const about = entries.filter((entry) => entry.marker === undefined && isAbout(entry, name))
    if (about.length > 0) return [...new Set(about.map((entry) => entry.type))]
  }
  return []
}
