import { execFile, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2'

const { Server, utils } = ssh2

export interface FakeSshdOptions {
  /** Key types the server shows, default ed25519 alone. */
  readonly hostKeys?: readonly ('ed25519' | 'ecdsa' | 'rsa')[]
  /** What a chatty rc file prints on stdout and stderr before each command. */
  readonly chatty?: string
  /** sshd's Banner. */
  readonly banner?: string
  /** `AllowStreamLocalForwarding no`. */
  readonly noStreamLocal?: boolean
  /** `MaxSessions`, default sshd's own 10. */
  readonly maxSessions?: number
  /** Takes TCP connections and never says a word. */
  readonly mute?: boolean
  /** Drops this many connections before their handshake, as MaxStartups does. */
  readonly dropFirst?: number
  /** Takes no key. */
  readonly refuseLogin?: boolean
  /** A login shell that runs nothing and says this. */
  readonly noLogin?: string
  /** A host whose perl cannot be the helper. */
  readonly noHelper?: boolean
  /** As soon as a command has said this, its exit is told, and the connections die. */
  readonly diesAfter?: string
}

export interface FakeSshd {
  readonly port: number
  /** A directory of its own, gone after `stop`. */
  readonly dir: string
  readonly knownHosts: string
  readonly identity: string
  /** Host public keys, as `TYPE BASE64`. */
  readonly publicKeys: readonly string[]
  /** Connections that got as far as TCP. */
  connections(): number
  /** Connections that stand now. */
  open(): number
  /** How often a unix socket was asked for over the connection itself. */
  forwards(): number
  /** The most sessions that were open at once. */
  mostSessions(): number
  /** Commands that have not ended. */
  running(): number
  /** Resets every connection, as a dying network or host does. */
  resetAll(): void
  stop(): Promise<void>
}

/** sudo as it answers `sudo -n -- CMD`: runs it, or says no, as `sudo.txt` beside it says. */
const fakeSudo = `#!/bin/sh
dir=$(dirname "$0")
[ "$1 $2" = "-n --" ] || { echo "sudo: usage" >&2; exit 1; }
if [ -s "$dir/sudo.txt" ]; then cat "$dir/sudo.txt" >&2; exit 1; fi
shift 2
FAKE_SUDO=1 exec "$@"
`

const fakePerl = `#!/bin/sh
case $2 in *setpgrp*) exit 1 ;; esac
exec /usr/bin/perl "$@"
`

/** A key pair made by ssh-keygen: the private key's text, and the public key's line. */
export async function newKey(
  file: string,
  type: string,
  passphrase = '',
  flags: readonly string[] = [],
): Promise<{ secret: string; line: string }> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', file, ...flags])
  return { secret: await readFile(file, 'utf8'), line: (await readFile(`${file}.pub`, 'utf8')).trim() }
}

function splice(channel: ServerChannel, out: Socket): void {
  channel.on('error', () => {})
  out.on('error', () => channel.close())
  out.pipe(channel)
  channel.pipe(out)
}

/** An SSH server on loopback that runs commands for real, through /bin/sh on this machine. */
export async function fakeSshd(options: FakeSshdOptions = {}): Promise<FakeSshd> {
  const dir = await mkdtemp(join(tmpdir(), 'zdt-fake-'))
  await writeFile(join(dir, 'sudo'), fakeSudo)
  if (options.noHelper === true) await writeFile(join(dir, 'perl'), fakePerl, { mode: 0o755 })
  await chmod(join(dir, 'sudo'), 0o755)
  const identity = join(dir, 'id')
  const userKey = await newKey(identity, 'ed25519')
  const types = options.hostKeys ?? ['ed25519']
  const hostKeys = await Promise.all(types.map((type) => newKey(join(dir, `host-${type}`), type)))
  const sockets = new Set<Socket>()
  const children = new Set<number>()
  let connections = 0
  let forwards = 0
  let mostSessions = 0

  const server = new Server(
    {
      hostKeys: hostKeys.map((key) => key.secret),
      ident: 'OpenSSH_9.2p1 fake',
      ...(options.banner === undefined ? {} : { banner: options.banner }),
    },
    (client) => {
      client.on('error', () => {})
      client.on('authentication', (ctx) => {
        const ours = utils.parseKey(userKey.line)
        if (options.refuseLogin === true || ctx.method !== 'publickey' || ours instanceof Error)
          return ctx.reject(['publickey'])
        if (!ctx.key.data.equals(ours.getPublicSSH())) return ctx.reject(['publickey'])
        if (
          ctx.signature !== undefined &&
          ctx.blob !== undefined &&
          !ours.verify(ctx.blob, ctx.signature, ctx.hashAlgo)
        ) {
          return ctx.reject(['publickey'])
        }
        return ctx.accept()
      })
      client.on('ready', () => serve(client))
    },
  )

  function serve(client: Connection): void {
    let sessions = 0
    client.on('session', (accept, reject) => {
      if (sessions >= (options.maxSessions ?? 10)) {
        reject()
        return
      }
      sessions += 1
      mostSessions = Math.max(mostSessions, sessions)
      const session: Session = accept()
      session.once('close', () => (sessions -= 1))
      session.on('exec', (take, _refuse, { command }) => {
        exec(take(), command)
      })
    })
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const out = connect(destPort, destIP)
      out.once('connect', () => splice(accept(), out)).once('error', () => reject())
    })
    // The types know this event under another signature than the server emits it with.
    client.on('openssh.streamlocal' as 'tcpip', (accept, reject, info) => {
      forwards += 1
      if (options.noStreamLocal === true) {
        reject()
        return
      }
      const out = connect({ path: (info as unknown as { socketPath: string }).socketPath, allowHalfOpen: true })
      out.once('connect', () => splice(accept(), out)).once('error', () => reject())
    })
  }

  function exec(channel: ServerChannel, command: string): void {
    channel.on('error', () => {})
    if (options.noLogin !== undefined) {
      channel.write(options.noLogin)
      channel.exit(1)
      channel.end()
      return
    }
    const rc =
      options.chatty === undefined ? '' : `printf '%s' '${options.chatty}'; printf '%s' '${options.chatty}' >&2\n`
    const child = spawn('/bin/sh', ['-c', rc + command], {
      cwd: dir,
      detached: true,
      env: { PATH: `${dir}:/usr/local/bin:/usr/bin:/bin`, HOME: dir, LANG: 'de_DE.UTF-8' },
    })
    const pid = child.pid ?? 0
    children.add(pid)
    child.stdin.on('error', () => {})
    channel.pipe(child.stdin)
    child.stdout.pipe(channel, { end: false })
    child.stdout.on('data', (said: Buffer) => {
      if (options.diesAfter === undefined || !said.includes(options.diesAfter)) return
      channel.exit(0)
      setTimeout(resetAll, 50)
    })
    child.stderr.pipe(channel.stderr, { end: false })
    channel.once('close', () => child.stdin.destroy())
    child.once('exit', () => children.delete(pid))
    child.once('close', (code, signal) => {
      if (signal === null) channel.exit(code ?? 1)
      else channel.exit(signal.slice(3), false, '')
      channel.end()
    })
  }

  function resetAll(): void {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  let toDrop = options.dropFirst ?? 0
  const front = createServer((socket) => {
    connections += 1
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    if (options.mute === true) return
    if (toDrop > 0) {
      toDrop -= 1
      socket.destroy()
      return
    }
    server.injectSocket(socket)
  })
  await new Promise<void>((resolve) => {
    front.listen(0, '127.0.0.1', resolve)
  })
  const { port } = front.address() as AddressInfo
  const publicKeys = hostKeys.map((key) => key.line.split(' ').slice(0, 2).join(' '))
  const knownHosts = join(dir, 'known_hosts')
  await writeFile(knownHosts, publicKeys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join(''))

  return {
    port,
    dir,
    knownHosts,
    identity,
    publicKeys,
    connections: () => connections,
    open: () => sockets.size,
    forwards: () => forwards,
    mostSessions: () => mostSessions,
    running: () => children.size,
    resetAll,
    async stop() {
      for (const socket of sockets) socket.destroy()
      for (const pid of children) {
        try {
          process.kill(-pid, constants.signals.SIGKILL)
        } catch {
          // Ended by itself.
        }
      }
      await new Promise((resolve) => {
        front.close(resolve)
      })
      await rm(dir, { recursive: true, force: true })
    },
  }
}
