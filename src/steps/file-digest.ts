import type { On } from '../engine/step-kind.ts'
import type { Host } from '../hosts/host.ts'

/** The sha256 of a file on the host, in hex; null when there is none. */
export function fileDigest(on: On, path: string): Promise<string | null> {
  return fileDigestOn(on.host, path, on.signal)
}

/** The same, where no step asks. */
export async function fileDigestOn(host: Host, path: string, signal?: AbortSignal): Promise<string | null> {
  const { code, stdout } = await host.run(['sha256sum', '--', path], { as: 'root', ...(signal && { signal }) })
  // sha256sum puts a backslash before the digest of a name that has to be escaped.
  return code === 0 ? stdout.toString().replace(/^\\/, '').slice(0, 64) : null
}
