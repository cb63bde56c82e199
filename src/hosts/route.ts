import { HostUnreachable } from './errors.ts'
import { parseJump, readSshConfig, type SshConfig } from './ssh-config.ts'

/** One machine on the way to a host; the last one is the host itself. */
export interface Hop {
  /** As ssh_config or zdt.yaml has it. */
  readonly name: string
  /** How errors about it name it. */
  readonly label: string
  readonly config: SshConfig
}

/** More jump hosts than this are a circle in somebody's config. */
const longest = 8

/**
 * The machines to log in to, in order, before anything is connected. As with `ssh -J a,b host`, b is reached through a,
 * and what ssh_config says of jumps counts for a alone. Throws HostUnreachable for a circle or a ProxyCommand.
 */
export async function routeTo(
  host: string,
  config: SshConfig,
  env: NodeJS.ProcessEnv,
  ahead: readonly string[] = [],
): Promise<readonly Hop[]> {
  const [first, ...others] = config.jumps
  const label = ahead.length === 0 ? host : `${host} (its jump host ${ahead.at(-1)})`
  if (config.proxyCommand !== undefined) {
    const said = `ssh_config has a ProxyCommand: ${config.proxyCommand}`
    throw new HostUnreachable({ host: label, said, suggestions: ['use transport: openssh'] })
  }
  const here: Hop = { name: ahead.at(-1) ?? host, label, config }
  if (first === undefined) return [here]
  if (ahead.length >= longest) {
    throw new HostUnreachable({ host, said: `its jump hosts go round in a circle: ${ahead.join(' via ')}` })
  }
  const read = async (jump: string): Promise<SshConfig> => {
    const { address, ...settings } = parseJump(jump)
    return readSshConfig(`${host} (its jump host ${jump})`, address, settings, env)
  }
  const way = await routeTo(host, await read(first), env, [...ahead, first])
  const rest = others.map(async (jump) => ({
    name: jump,
    label: `${host} (its jump host ${jump})`,
    config: await read(jump),
  }))
  return [...way, ...(await Promise.all(rest)), here]
}
