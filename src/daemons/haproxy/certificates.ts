import { X509Certificate } from 'node:crypto'
import type { Host } from '../../hosts/host.ts'
import { UnfitForCli } from './errors.ts'
import type { AskOptions } from './conversation.ts'
import { ask, say } from './runtime.ts'

/** The payload of one command must fit into HAProxy's buffer (`tune.bufsize`, 16 KiB by default). */
const largest = 15_000

function path(text: string): string {
  if (!/^[A-Za-z0-9_./@+-]+$/.test(text)) throw new UnfitForCli('certificate', text)
  return text
}

/** `*PATH` is what lies there uncommitted. */
export function showCertificate(file?: string): string {
  return file === undefined ? 'show ssl cert' : `show ssl cert ${path(file)}`
}

export function setCertificate(file: string): string {
  return `set ssl cert ${path(file)}`
}

export function commitCertificate(file: string): string {
  return `commit ssl cert ${path(file)}`
}

export function abortCertificate(file: string): string {
  return `abort ssl cert ${path(file)}`
}

/** The certificates of a worker, by the files they came from, and those that are set and not committed. */
export type Certificates = { readonly used: readonly string[]; readonly open: readonly string[] }

/** Reads `show ssl cert`. */
export function parseCertificates(answer: string): Certificates {
  const files = answer.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const open = files.filter((file) => file.startsWith('*'))
  return { used: files.filter((file) => !file.startsWith('*')), open: open.map((file) => file.slice(1)) }
}

/** Reads the SHA-1 fingerprint of the leaf in `show ssl cert FILE`; undefined where there is no such certificate. */
export function parseFingerprint(answer: string): string | undefined {
  return /^SHA1 FingerPrint: ([0-9A-F]+)$/m.exec(answer)?.[1]
}

/** The same of a PEM text; undefined where its first certificate cannot be read. */
export function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint.replaceAll(':', '')
  } catch {
    return undefined
  }
}

/**
 * May a changed certificate file be taken over at run time? Its key must be in it, HAProxy must use it under this very
 * path, and the leaf must be another one: else nothing would show that it took. Undefined: yes; else why not.
 */
export function whyReload(file: string, before: string, after: string, { used }: Certificates): string | undefined {
  const [old, fresh] = [fingerprintOf(before), fingerprintOf(after)]
  if (!used.includes(file)) return 'HAProxy does not use it under this path'
  if (fresh === undefined || old === undefined) return 'it is no certificate in PEM'
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(after)) return 'its key is in another file'
  if (fresh === old) return 'its leaf is the same, and only that can be read back'
  return after.length > largest ? 'it is larger than one command of the runtime CLI' : undefined
}

/** Asks for the certificates in use; level operator is enough. Throws what `ask` throws. */
export async function certificates(host: Host, socket: string, options?: AskOptions): Promise<Certificates> {
  const [answer = ''] = await ask(host, socket, [showCertificate()], options)
  return parseCertificates(answer)
}

/** The fingerprint of the one that is served from a file now. */
export async function servedFingerprint(
  host: Host,
  socket: string,
  file: string,
  options?: AskOptions,
): Promise<string | undefined> {
  const [answer = ''] = await ask(host, socket, [showCertificate(file)], options)
  return parseFingerprint(answer)
}

/**
 * Gives a running worker another certificate: `set`, which only readies it, then `commit`, at once for every new handshake.
 * `pem` goes through the socket alone. Throws CommandRefused, with nothing changed: what was readied is taken back.
 */
export async function replaceCertificate(
  host: Host,
  socket: string,
  { file, pem }: { readonly file: string; readonly pem: string },
  options?: AskOptions,
): Promise<void> {
  // An empty line would end it; between its parts it says nothing.
  const payload = pem.replaceAll(/\n\s*\n+/g, '\n')
  await say(host, socket, setCertificate(file), { ...options, payload })
  try {
    await say(host, socket, commitCertificate(file), options)
  } catch (error) {
    await say(host, socket, abortCertificate(file), options).catch(() => undefined)
    throw error
  }
}
