import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import type { SshSettings } from '../fleet/fleet.ts'
import { HostUnreachable } from './errors.ts'
import type { Millis } from '../lib/types.ts'

/** What `ssh -G` says of a host, as far as zdt uses it. StrictHostKeyChecking is left out: keys are always verified. */
export interface SshConfig {
  readonly hostname: string
  readonly port: number
  readonly user: string
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** The agent's socket; undefined when there is none or the config says so. */
  readonly agent: string | undefined
  /** The user's files first, then the machine's. */
  readonly knownHostsFiles: readonly string[]
  readonly hostKeyAlias: string | undefined
  /** `[user@]host[:port]` each, nearest first. */
  readonly jumps: readonly string[]
  readonly proxyCommand: string | undefined
  readonly connectTimeout: Millis | undefined
}

/** The arguments after `ssh -G`; `--` since an address may not become an option. */
export function sshTarget(address: string, { port, user }: Pick<SshSettings, 'port' | 'user'>): readonly string[] {
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    address,
  ]
}

/** Reads the answer of `ssh -G` (ssh_config(5)). `home` and `agent` are the user's own, for `~` and SSH_AUTH_SOCK. */
export function parseSshConfig(text: string, home: string, agent: string | undefined): SshConfig {
  const all = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space === -1) continue
    const key = line.slice(0, space).toLowerCase()
    all.set(key, [...(all.get(key) ?? []), line.slice(space + 1).trim()])
  }
  const one = (key: string): string | undefined => {
    const value = all.get(key)?.[0]
    return value === undefined || value === '' || value === 'none' ? undefined : value
  }
  const hostname = one('hostname') ?? ''
  const user = one('user') ?? ''
  const port = Number(one('port') ?? 22)
  const expand = (path: string): string => expandPath(path, { home, hostname, user, port })
  const files = (key: string): string[] => (one(key) ?? '').split(' ').filter((file) => file !== '' && file !== 'none')
  const seconds = Number(one('connecttimeout'))
  return {
    hostname,
    port,
    user,
    identityFiles: (all.get('identityfile') ?? []).filter((file) => file !== 'none').map(expand),
    identitiesOnly: one('identitiesonly') === 'yes',
    agent: agentOf(all.get('identityagent')?.[0], agent, expand),
    knownHostsFiles: [...files('userknownhostsfile'), ...files('globalknownhostsfile')].map(expand),
    hostKeyAlias: one('hostkeyalias'),
    jumps: (one('proxyjump') ?? '').split(',').filter((jump) => jump !== ''),
    proxyCommand: one('proxycommand'),
    connectTimeout: seconds > 0 ? seconds * 1000 : undefined,
  }
}

function agentOf(
  said: string | undefined,
  own: string | undefined,
  expand: (path: string) => string,
): string | undefined {
  if (said === 'none') return undefined
  if (said === undefined || said === '' || said === 'SSH_AUTH_SOCK') return own
  return said.startsWith('$') ? process.env[said.replace(/^\$\{?|\}$/g, '')] : expand(said)
}

interface Tokens {
  readonly home: string
  readonly hostname: string
  readonly user: string
  readonly port: number
}

/** `~` and the tokens of ssh_config(5) that make sense in a file name. */
function expandPath(path: string, { home, hostname, user, port }: Tokens): string {
  const tokens: Readonly<Record<string, string>> = {
    d: home,
    h: hostname,
    r: user,
    p: String(port),
    u: userInfo().username,
  }
  return path.replace(/^~(?=\/|$)/, home).replace(/%(.)/g, (whole, letter: string) => {
    return letter === '%' ? '%' : (tokens[letter] ?? whole)
  })
}

/** `[user@]host[:port]` or `ssh://…`, as ProxyJump has it. */
export function parseJump(text: string): { readonly address: string; readonly user?: string; readonly port?: number } {
  const found =
    /^(?:ssh:\/\/)?(?:(.+)@)?(\[[^\]]+\]|[^:]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:]*)(?::(\d+))?\/?$/.exec(text)
  const [, user, address = text, port] = found ?? []
  return {
    address: address.replace(/^\[|\]$/g, ''),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}

/** Asks the machine's own `ssh`, the only reader of ~/.ssh/config that gets Include and Match exec right. */
export async function readSshConfig(
  host: string,
  address: string,
  settings: Pick<SshSettings, 'port' | 'user' | 'identityFile'>,
  env: NodeJS.ProcessEnv,
): Promise<SshConfig> {
  const asked = await askSsh(['-G', ...sshTarget(address, settings)], env)
  if (asked.error !== null) {
    const said = asked.stderr.trim() || asked.error.message
    throw new HostUnreachable({ host, said, suggestions: [`try it: ssh -G ${address}`], cause: asked.error })
  }
  // ssh itself takes `~` from the password file, not from HOME.
  const { homedir: home } = userInfo()
  const config = parseSshConfig(asked.stdout, home, env['SSH_AUTH_SOCK'])
  const own = settings.identityFile?.replace(/^~(?=\/|$)/, home)
  return own === undefined ? config : { ...config, identityFiles: [own, ...config.identityFiles] }
}

// Not execa: loading it takes longer than the answer, and this is all that the ssh transport would need it for.
async function askSsh(args: readonly string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ error: Error | null; stdout: string; stderr: string }>((resolve) => {
    const ssh = execFile('ssh', args, { env }, (error, stdout, stderr) => resolve({ error, stdout, stderr }))
    ssh.stdin?.end()
  })
}
