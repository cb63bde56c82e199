import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostSpec } from '../fleet/fleet.ts'
import { AfterMark, frame, newMark } from './frame.ts'
import { explainOpenssh, withoutDebug } from './openssh-words.ts'
import { sshTarget, type SshConfig } from './ssh-config.ts'

/** The one connection that all commands of a host share. */
export interface Master {
  readonly controlPath: string
  readonly alive: () => boolean
  /** Why it is gone, in ssh's own words. */
  readonly lastWords: () => string
  readonly close: () => Promise<void>
}

// DEBUG1 is what makes ssh show the fingerprint of a key that it refuses.
const options = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'ControlPersist=no',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'LogLevel=DEBUG1',
]

/** A unix socket's path may have 108 bytes, of which ssh takes 17 for a suffix of its own. */
const longestTemp = 60

/**
 * Logs in and keeps the connection. It lives as long as a `cat` on the host does, and that one as long as zdt: even
 * when zdt is killed, stdin ends and nothing stays behind. Throws HostKeyRefused, LoginRefused or HostUnreachable.
 */
export async function openMaster(
  { name, address, ssh }: HostSpec,
  config: SshConfig,
  env: NodeJS.ProcessEnv,
): Promise<Master> {
  const { execa } = await import('execa')
  const dir = await mkdtemp(join(tmpdir().length > longestTemp ? '/tmp' : tmpdir(), 'zdt-'))
  const controlPath = join(dir, 's')
  const mark = newMark()
  const seconds = Math.ceil((config.connectTimeout ?? 15_000) / 1000)
  const optionsNow = [...options, `ConnectTimeout=${seconds}`].flatMap((option) => ['-o', option])
  const identity = ssh.identityFile === undefined ? [] : ['-i', ssh.identityFile]
  const line = frame(['cat'], mark)
  const args = ['-M', '-S', controlPath, '-T', ...optionsNow, ...identity, ...sshTarget(address, ssh), line]
  const child = execa('ssh', args, {
    env,
    extendEnv: false,
    reject: false,
    buffer: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    detached: true,
  })
  let ended = false
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-20_000)
  })
  child.stdin.on('error', () => {})
  const stdout = child.stdout.pipe(new AfterMark(mark))
  const end = child.then(async (result) => {
    ended = true
    await rm(dir, { recursive: true, force: true })
    if (result.exitCode === undefined && result.signal === undefined) words += result.originalMessage ?? ''
  })
  const loggedIn = new Promise<boolean>((resolve) => {
    stdout.on('data', () => {})
    stdout.once('marked', () => resolve(true))
    void end.then(() => resolve(false))
  })
  if (!(await loggedIn)) throw explainOpenssh(name, config, `${words}\n${stdout.noise}`)
  return {
    controlPath,
    alive: () => !ended,
    lastWords: () => withoutDebug(words),
    async close() {
      child.kill('SIGTERM')
      await end
    },
  }
}
