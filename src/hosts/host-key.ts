import { readFile } from 'node:fs/promises'
import type { ServerHostKeyAlgorithm } from 'ssh2'
import { quoteWord } from '../lib/quote.ts'
import { assertNever } from '../lib/types.ts'
import { HostKeyRefused } from './errors.ts'
import {
  fingerprint,
  judge,
  keyTypeOf,
  knownHostsName,
  namesOf,
  parseKnownHosts,
  pinnedTypes,
  type KnownHost,
} from './known-hosts.ts'
import type { SshConfig } from './ssh-config.ts'

const algorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

const typeOf = (algorithm: ServerHostKeyAlgorithm): string => (algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)

/**
 * What to ask the host for: the types that known_hosts pins come first, so that a host with an ecdsa entry is not
 * refused because it also has an ed25519 key. The others follow, so that a refusal can show the key.
 */
export function algorithmsFor(pinned: readonly string[]): ServerHostKeyAlgorithm[] {
  const isPinned = (algorithm: ServerHostKeyAlgorithm): boolean => pinned.includes(typeOf(algorithm))
  return [...algorithms.filter(isPinned), ...algorithms.filter((algorithm) => !isPinned(algorithm))]
}

/** What known_hosts knows of one host. */
export interface HostKeyCheck {
  readonly algorithms: ServerHostKeyAlgorithm[]
  /** Why the key is refused; undefined when it is known. */
  refuse(key: Buffer): HostKeyRefused | undefined
}

type Where = Pick<SshConfig, 'hostname' | 'port' | 'hostKeyAlias' | 'knownHostsFiles'>

/** Reads the known_hosts files; the ones that are not there are passed over. */
export async function hostKeyCheck(host: string, where: Where): Promise<HostKeyCheck> {
  const read = where.knownHostsFiles.map(async (file) =>
    parseKnownHosts(await readFile(file, 'utf8').catch(() => ''), file),
  )
  const entries = (await Promise.all(read)).flat()
  const names = namesOf(where.hostname, where.port, where.hostKeyAlias)
  return {
    algorithms: algorithmsFor(pinnedTypes(entries, names)),
    refuse: (key) => refusal(host, where, entries, names, key),
  }
}

function refusal(
  host: string,
  where: Where,
  entries: readonly KnownHost[],
  names: readonly string[],
  key: Buffer,
): HostKeyRefused | undefined {
  const verdict = judge(entries, names, key)
  if (verdict.is === 'known') return undefined
  const at = verdict.is === 'unknown' ? undefined : verdict.entry
  return hostKeyRefusal(host, where, { is: verdict.is, type: keyTypeOf(key), fingerprint: fingerprint(key), at })
}

/** A key that was refused, and where known_hosts says otherwise. */
export interface RefusedKey {
  readonly is: 'unknown' | 'changed' | 'revoked'
  readonly type: string
  readonly fingerprint: string
  readonly at: Pick<KnownHost, 'file' | 'line'> | undefined
}

/** The error for a key that was refused: the fingerprint, the line that conflicts, and the commands that mend it. */
export function hostKeyRefusal(host: string, where: Where, refused: RefusedKey): HostKeyRefused {
  const said = `${refused.type} ${refused.fingerprint}`
  const file = quoteWord(where.knownHostsFiles[0] ?? '~/.ssh/known_hosts')
  const name = where.hostKeyAlias ?? knownHostsName(where.hostname, where.port)
  const scan = `then add it: ${scanCommand(where, refused.type)} >> ${file}`
  const at = refused.at === undefined ? 'known_hosts' : `${refused.at.file}:${refused.at.line}`
  switch (refused.is) {
    case 'unknown':
      return new HostKeyRefused(`${host} shows a host key that is not in known_hosts`, {
        host,
        said,
        suggestions: ["compare it with the host's own, there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", scan],
      })
    case 'changed':
      return new HostKeyRefused(`${host} shows another host key than the one at ${at}`, {
        host,
        said,
        suggestions: [
          'find out why: was the host set up anew, or is somebody in between?',
          `if it was set up anew: ssh-keygen -R ${quoteWord(name)} -f ${quoteWord(refused.at?.file ?? file)}`,
          scan,
        ],
      })
    case 'revoked':
      return new HostKeyRefused(`${host} shows a host key that is revoked at ${at}`, {
        host,
        said,
        suggestions: ['do not log in: whoever answers has a key that was taken out of use'],
      })
    default:
      return assertNever(refused.is)
  }
}

function scanCommand({ hostname, port, hostKeyAlias }: Where, type: string): string {
  const short = type.replace(/^ssh-/, '').replace(/-.*/, '')
  const scan = `ssh-keyscan -t ${short === '' ? 'ed25519' : short} -p ${port} ${quoteWord(hostname)}`
  return hostKeyAlias === undefined ? scan : `${scan} | sed ${quoteWord(`s/^[^ ]*/${hostKeyAlias}/`)}`
}
