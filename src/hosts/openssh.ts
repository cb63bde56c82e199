import { finished } from 'node:stream/promises'
import type { HostSpec } from '../fleet/fleet.ts'
import { NoSessionLeft, untilAdmitted } from './admission.ts'
import { HostTimeout, HostUnreachable } from './errors.ts'
import { AfterMark, frame, newMark } from './frame.ts'
import { openMaster, type Master } from './openssh-master.ts'
import { withRetries } from './retries.ts'
import { Slots } from './slots.ts'
import { readSshConfig } from './ssh-config.ts'
import type { Running, StartOptions, Transport } from './transport.ts'

/**
 * The system's own ssh over one shared connection: for certificates, FIDO keys, GSSAPI and ProxyCommand.
 * It has no `forward`: through `-L` a socket that cannot be opened looks like one that ends at once, so unix sockets are
 * reached by the relay, which tells why not. Throws HostKeyRefused, LoginRefused, HostUnreachable.
 */
export async function opensshTransport(spec: HostSpec, env: NodeJS.ProcessEnv): Promise<Transport> {
  const { name } = spec
  const config = await readSshConfig(name, spec.address, spec.ssh, env)
  const master = await withRetries(() => openMaster(spec, config, env))
  const { execa } = await import('execa')
  // The shared connection holds one of the 10 sessions that sshd allows (MaxSessions); one is for ending commands.
  const slots = new Slots(8)
  let open = 0

  // No configuration, and a way out that fails: were the shared connection gone, ssh would make one of its own.
  const client = ['-F', 'none', '-S', master.controlPath, '-o', 'ControlMaster=no', '-o', 'ProxyCommand=false']
  const quiet = ['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-T', '--', 'shared']
  const streams = {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
  } as const

  async function start(argv: readonly string[], { signal, urgent }: StartOptions = {}): Promise<Running> {
    const release = urgent === true ? (): void => {} : await slots.take(signal)
    try {
      const running = await untilAdmitted(
        () => begin(argv),
        { others: () => open > 0, crowded: () => slots.crowded() },
        signal,
      )
      void running.code.catch(() => {}).finally(release)
      return running
    } catch (error) {
      release()
      throw error
    }
  }

  async function begin(argv: readonly string[]): Promise<Running> {
    if (!master.alive()) throw gone(master)
    const mark = newMark()
    const child = execa('ssh', [...client, ...quiet, frame(argv, mark)], { ...streams, env, extendEnv: false })
    const stdout = child.stdout.pipe(new AfterMark(mark))
    const stderr = child.stderr.pipe(new AfterMark(mark))
    open += 1
    const ended = child.finally(() => (open -= 1))
    await beginning(name, stdout, ended, () => child.kill('SIGTERM'))
    if (stdout.said === undefined) {
      await finished(stderr.resume())
      const words = `${stderr.noise} ${stdout.noise}`.trim()
      throw words.includes('refused by peer') ? new NoSessionLeft(words) : gone(master, words)
    }
    const group = Number(stdout.said)
    const code = ended.then(async ({ exitCode = 255 }) => {
      // 255 is ssh's own, and may be the command's.
      if (exitCode === 255 && !(await stillThere(master))) throw gone(master)
      return exitCode
    })
    code.catch(() => {})
    return { stdin: child.stdin, stdout, stderr, code, group: () => group, drop: () => child.kill('SIGTERM') }
  }

  async function stillThere({ controlPath }: Master): Promise<boolean> {
    const check = await execa('ssh', ['-F', 'none', '-S', controlPath, '-O', 'check', 'shared'], {
      env,
      extendEnv: false,
      reject: false,
    })
    return check.exitCode === 0
  }

  function gone(
    { lastWords }: Pick<Master, 'lastWords'>,
    otherwise = 'the connection died before the command had ended',
  ): HostUnreachable {
    const words = lastWords()
    return new HostUnreachable({ host: name, said: words === '' ? otherwise : words })
  }

  return {
    name,
    isRoot: config.user === 'root',
    alive: () => master.alive(),
    start,
    onCrowded: (letGo) => slots.onCrowded(letGo),
    close: () => master.close(),
  }
}

/** A command begins within this time, or its login shell hangs. */
const longestBeginning = 30_000

/** Waits for the mark, or for the end without one. Throws HostTimeout when neither comes. */
async function beginning(host: string, stdout: AfterMark, ended: Promise<unknown>, kill: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      kill()
      reject(new HostTimeout('the login shell', { host }))
    }, longestBeginning)
  })
  const marked = new Promise<void>((resolve) => {
    stdout.once('marked', resolve)
  })
  // Its end is read only once its output has been: a short command may have ended before its mark was looked at.
  const whole = Promise.all([ended, finished(stdout, { readable: false })])
  await Promise.race([marked, whole, late]).finally(() => clearTimeout(timer))
}
