import { X509Certificate } from 'node:crypto'
import { execa } from 'execa'

/** A certificate of its own with its key, made on this machine. */
export async function makePem(): Promise<{ readonly certificate: string; readonly key: string }> {
  const subject = ['-subj', '/CN=shop.example', '-days', '30']
  const argv = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '-', ...subject]
  const { stdout } = await execa('openssl', argv)
  const at = stdout.indexOf('-----BEGIN CERTIFICATE')
  return { key: `${stdout.slice(0, at).trim()}\n`, certificate: `${stdout.slice(at).trim()}\n` }
}

/** What a client is shown of a certificate: its SHA-256 in hex. */
export function seenOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '')
}
