import { HostUnreachable, LoginRefused, type HostKeyRefused } from './errors.ts'
import { hostKeyRefusal } from './host-key.ts'
import { CutShort } from './retries.ts'
import type { SshConfig } from './ssh-config.ts'

/** What ssh said before it exited 255, as the error class that an operator can act on. */
export function explainOpenssh(host: string, config: SshConfig, words: string): HostUnreachable | HostKeyRefused {
  const said = withoutDebug(words)
  const shown = /Server host key: (\S+) (SHA256:\S+)/.exec(words)
  const [, type = '', print = ''] = shown ?? []
  if (/Host key verification failed|host key is known for|REVOKED HOST KEY/.test(said)) {
    const offending = /Offending .*key in (.+):(\d+)/.exec(said)
    const at = offending === null ? undefined : { file: offending[1] ?? '', line: Number(offending[2]) }
    const is = /REVOKED HOST KEY/.test(said)
      ? 'revoked'
      : /IDENTIFICATION HAS CHANGED/.test(said)
        ? 'changed'
        : 'unknown'
    return hostKeyRefusal(host, config, { is, type, fingerprint: print, at })
  }
  const where = `${config.hostname} port ${config.port}`
  if (/Permission denied|Too many authentication failures/.test(said)) {
    const suggestions = [`try it: ssh -v -p ${config.port} ${config.user}@${config.hostname} true`]
    return new LoginRefused(config.user, { host, said, suggestions })
  }
  const cut = /kex_exchange_identification|Connection refused|Connection reset|Connection closed/.test(said)
  return new (cut ? CutShort : HostUnreachable)({ host, said: said === '' ? where : said })
}

/** ssh's words without its own debugging. */
export function withoutDebug(words: string): string {
  return words
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/^(debug\d|OpenSSH_|Authenticated to|Transferred:|Bytes per second)/.test(line))
    .join('\n')
}
