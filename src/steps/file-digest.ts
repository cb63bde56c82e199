import type { On } from '../engine/step-kind.ts'

/** The sha256 of a file on the host, in hex; null when there is none. */
export async function fileDigest(on: On, path: string): Promise<string | null> {
  const { code, stdout } = await on.host.run(['sha256sum', '--', path], { as: 'root', signal: on.signal })
  // sha256sum puts a backslash before the digest of a name that has to be escaped.
  return code === 0 ? stdout.toString().replace(/^\\/, '').slice(0, 64) : null
}
