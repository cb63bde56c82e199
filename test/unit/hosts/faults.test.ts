import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  BecomeRefused,
  HostKeyRefused,
  HostUnreachable,
  LoginRefused,
  SocketRefused,
} from '../../../src/hosts/errors.ts'
import { exchange } from './contract.ts'
import { cleanUp, endLater, reachFake, serve } from './fleet-of-fakes.ts'
import { newKey } from './fake-sshd.ts'
import { configFor, sshEnv } from './reach.ts'

cleanUp()

const failure = async (doing: Promise<unknown>): Promise<unknown> => {
  try {
    await doing
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

test('given a connection that dies with the exit told and the output under way / half an answer is none', async () => {
  const sshd = await serve({ noHelper: true, diesAfter: 'half of it' })
  const { host } = await reachFake(sshd)
  expect(await failure(host.run(['sh', '-c', 'echo half of it; sleep 1000']))).toBeInstanceOf(HostUnreachable)
})

describe.each(['ssh', 'openssh'] as const)('%s', (transport) => {
  test('given a connection that is reset while a command runs / the command fails as unreachable, and so does the next', async () => {
    const sshd = await serve()
    const { host } = await reachFake(sshd, { transport })
    const running = failure(host.run(['sh', '-c', 'echo begun; sleep 1000']))
    await expect.poll(() => sshd.running()).toBeGreaterThan(transport === 'openssh' ? 1 : 0)
    sshd.resetAll()
    expect(await running).toBeInstanceOf(HostUnreachable)
    expect(await failure(host.run(['true']))).toBeInstanceOf(HostUnreachable)
    expect(await failure(host.connect('/run/x.sock'))).toBeInstanceOf(HostUnreachable)
  })

  test('given a connection that has died / the fleet opens a new one when asked again', async () => {
    const sshd = await serve()
    const { host, hosts } = await reachFake(sshd, { transport })
    sshd.resetAll()
    await expect.poll(async () => (await hosts.on(host.name)) === host).toBe(false)
    expect(await (await hosts.on(host.name)).run(['true'])).toMatchObject({ code: 0 })
  })

  test('given a reset while an answer is read from a socket / reading fails, and does not look complete', async () => {
    const sshd = await serve()
    const { host } = await reachFake(sshd, { transport })
    const path = join(sshd.dir, 'slow.sock')
    const listener = spawn('perl', ['-e', slowServer, path])
    endLater(async () => void listener.kill('SIGKILL'))
    await new Promise((resolve) => {
      listener.stdout.once('data', resolve)
    })
    const socket = await host.connect(path)
    const answer = failure(exchange(socket, 'show stat\n'))
    await new Promise((resolve) => {
      socket.once('data', resolve)
    })
    sshd.resetAll()
    expect(await answer).toBeInstanceOf(HostUnreachable)
  })

  test('given a host that never answers / unreachable after ConnectTimeout', async () => {
    const sshd = await serve({ mute: true })
    expect(await failure(reachFake(sshd, { transport }, 'ConnectTimeout 1'))).toBeInstanceOf(HostUnreachable)
  })

  test('given nobody at that port / unreachable, with the address', async () => {
    const sshd = await serve()
    const gone = { ...sshd }
    await sshd.stop()
    const env = await sshEnv(gone.dir, configFor(gone))
    const { reach } = await import('./reach.ts')
    const error = await failure(reach(env, { transport }))
    expect(error).toBeInstanceOf(HostUnreachable)
    expect(error).toMatchObject({ said: expect.stringContaining(String(gone.port)) as string, exit: 'refused' })
  })

  test('given a server that drops connections in a burst / it is tried again', async () => {
    const sshd = await serve({ dropFirst: 2 })
    const { host } = await reachFake(sshd, { transport })
    expect(await host.run(['true'])).toMatchObject({ code: 0 })
    expect(sshd.connections()).toBe(3)
  })

  test('given a key that the host does not take / the login is refused, and says who', async () => {
    const sshd = await serve({ refuseLogin: true })
    const error = await failure(reachFake(sshd, { transport }))
    expect(error).toBeInstanceOf(LoginRefused)
    expect(error).toMatchObject({ message: 'box: deploy may not log in', exit: 'refused' })
    expect(sshd.connections()).toBe(1)
  })

  test('given an unknown host key / refused with its fingerprint and the command that adds it', async () => {
    const sshd = await serve()
    await writeFile(sshd.knownHosts, '')
    const error = await failure(reachFake(sshd, { transport }))
    expect(error).toBeInstanceOf(HostKeyRefused)
    expect(error).toMatchObject({
      exit: 'refused',
      said: expect.stringMatching(/^ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/) as string,
      suggestions: [
        expect.stringContaining('ssh-keygen -lf') as string,
        `then add it: ssh-keyscan -t ed25519 -p ${sshd.port} 127.0.0.1 >> ${sshd.knownHosts}`,
      ],
    })
    expect(sshd.connections()).toBe(1)
  })

  test('given another host key than the known one / refused, with the line and the command that forgets it', async () => {
    const sshd = await serve()
    const { line } = await newKey(join(sshd.dir, 'another'), 'ed25519')
    await writeFile(sshd.knownHosts, `# one line of comment\n[127.0.0.1]:${sshd.port} ${line}\n`)
    const error = await failure(reachFake(sshd, { transport }))
    expect(error).toBeInstanceOf(HostKeyRefused)
    expect(error).toMatchObject({ message: `box shows another host key than the one at ${sshd.knownHosts}:2` })
    expect((error as HostKeyRefused).suggestions).toContain(
      `if it was set up anew: ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${sshd.knownHosts}`,
    )
  })

  test('given a revoked host key / refused', async () => {
    const sshd = await serve()
    const known = await readFile(sshd.knownHosts, 'utf8')
    await writeFile(sshd.knownHosts, `${known}@revoked * ${sshd.publicKeys[0] ?? ''}\n`)
    const error = await failure(reachFake(sshd, { transport }))
    expect(error).toBeInstanceOf(HostKeyRefused)
    expect(error).toMatchObject({ message: expect.stringContaining('revoked') as string })
  })

  test('given a host with three keys of which known_hosts has the ecdsa one / that one is asked for', async () => {
    const sshd = await serve({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] })
    await writeFile(sshd.knownHosts, `[127.0.0.1]:${sshd.port} ${sshd.publicKeys[1] ?? ''}\n`)
    const { host } = await reachFake(sshd, { transport })
    expect(await host.run(['true'])).toMatchObject({ code: 0 })
  })

  test('given a HostKeyAlias / the key is looked for under that name', async () => {
    const sshd = await serve()
    await writeFile(sshd.knownHosts, `blue ${sshd.publicKeys[0] ?? ''}\n`)
    const { host } = await reachFake(sshd, { transport }, 'HostKeyAlias blue')
    expect(await host.run(['true'])).toMatchObject({ code: 0 })
  })

  test('StrictHostKeyChecking no in ssh_config changes nothing', async () => {
    const sshd = await serve()
    await writeFile(sshd.knownHosts, '')
    expect(await failure(reachFake(sshd, { transport }, 'StrictHostKeyChecking no'))).toBeInstanceOf(HostKeyRefused)
    expect(await readFile(sshd.knownHosts, 'utf8')).toBe('')
  })

  test('given sudo that wants a password / refused with its words, for commands, files and sockets', async () => {
    const sshd = await serve()
    await writeFile(join(sshd.dir, 'sudo.txt'), 'sudo: a password is required\n')
    const { host } = await reachFake(sshd, { transport })
    const file = join(sshd.dir, 'file')
    for (const doing of [
      () => host.run(['id'], { as: 'root' }),
      () => host.read(file, { as: 'root' }),
      () => host.write(file, 'x', { as: 'root' }),
      () => host.connect('/run/x.sock', { as: 'root' }),
    ]) {
      const error = await failure(doing())
      expect(error).toBeInstanceOf(BecomeRefused)
      expect(error).toMatchObject({ said: 'sudo: a password is required', host: 'box' })
    }
  })

  test('given become: none / nothing is put before the command', async () => {
    const sshd = await serve()
    await writeFile(join(sshd.dir, 'sudo.txt'), 'sudo: a password is required\n')
    const { host } = await reachFake(sshd, { transport, become: 'none' })
    expect(await host.run(['true'], { as: 'root' })).toMatchObject({ code: 0 })
  })

  test('given a banner / it is in no answer', async () => {
    const sshd = await serve({ banner: 'Authorized use only.\n' })
    const { host } = await reachFake(sshd, { transport })
    expect(await host.run(['echo', 'x'])).toEqual({ code: 0, stdout: Buffer.from('x\n'), stderr: Buffer.alloc(0) })
  })

  test('given a login shell that runs nothing / unreachable, with its words', async () => {
    const sshd = await serve({ noLogin: 'This account is currently not available.\n' })
    const error = await failure(reachFake(sshd, { transport }).then(({ host }) => host.run(['true'])))
    expect(error).toBeInstanceOf(HostUnreachable)
    expect((error as HostUnreachable).said).toContain('This account is currently not available.')
  })

  // The shared connection of openssh is a session itself.
  test.each([
    ['a helper', false, transport === 'openssh' ? 2 : 1],
    ['no helper', true, transport === 'openssh' ? 9 : 8],
  ])(
    'given %s / forty commands at once keep within the ten sessions that sshd allows',
    async (_what, noHelper, most) => {
      const sshd = await serve({ noHelper })
      const { host } = await reachFake(sshd, { transport })
      const codes = await Promise.all(Array.from({ length: 40 }, () => host.run(['true']).then(({ code }) => code)))
      expect(codes.every((code) => code === 0)).toBe(true)
      expect(sshd.mostSessions()).toBe(most)
      expect(sshd.connections()).toBe(1)
    },
  )

  test('given MaxSessions 1 / a command as root waits for the login user’s, whose helper makes room', async () => {
    const sshd = await serve({ maxSessions: transport === 'openssh' ? 2 : 1 })
    const { host } = await reachFake(sshd, { transport })
    for (const as of ['login', 'root', 'login'] as const) {
      expect(await host.run(['sleep', '0.2'], { as })).toMatchObject({ code: 0 })
    }
    const both = await Promise.all((['login', 'root'] as const).map((as) => host.run(['sleep', '0.2'], { as })))
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }])
  })

  test('given MaxSessions 3 and no helper / twenty commands at once wait for each other', async () => {
    const sshd = await serve({ maxSessions: 3, noHelper: true })
    const { host } = await reachFake(sshd, { transport })
    const codes = await Promise.all(Array.from({ length: 20 }, () => host.run(['true']).then(({ code }) => code)))
    expect(codes.every((code) => code === 0)).toBe(true)
  })

  test('close ends the connection, and a second close is harmless', async () => {
    const sshd = await serve()
    const { host, hosts } = await reachFake(sshd, { transport })
    await hosts.closeAll()
    await expect.poll(() => sshd.open()).toBe(0)
    await host.close()
    expect(await failure(host.run(['true']))).toBeInstanceOf(HostUnreachable)
  })
})

const slowServer = `use Socket; my $path = shift; $| = 1;
socket(my $l, AF_UNIX, SOCK_STREAM, 0); bind($l, pack_sockaddr_un($path)); listen($l, 5); print "listening\\n";
accept(my $c, $l); sysread $c, my $asked, 100; syswrite $c, "half an ans"; sleep 1000`

describe('ssh, sockets', () => {
  test('the connection itself carries the socket: no process on the host', async () => {
    const sshd = await serve()
    const { host } = await reachFake(sshd)
    const path = join(sshd.dir, 'slow.sock')
    const listener = spawn('perl', ['-e', slowServer, path])
    endLater(async () => void listener.kill('SIGKILL'))
    await new Promise((resolve) => {
      listener.stdout.once('data', resolve)
    })
    const socket = await host.connect(path)
    expect(sshd.forwards()).toBe(1)
    expect(sshd.mostSessions()).toBe(0)
    socket.destroy()
  })

  test('given AllowStreamLocalForwarding no / the relay does it, and is asked at once the second time', async () => {
    const sshd = await serve({ noStreamLocal: true })
    const { host } = await reachFake(sshd)
    const path = join(sshd.dir, 'echo.sock')
    const { createServer } = await import('node:net')
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))
    endLater(async () => void server.close())
    await new Promise<void>((resolve) => {
      server.listen(path, resolve)
    })
    expect(await exchange(await host.connect(path), 'show info')).toBe('show info')
    expect(await exchange(await host.connect(path), 'show stat')).toBe('show stat')
    expect(sshd.forwards()).toBe(1)
    expect(await exchange(await host.connect(path, { as: 'login' }), 'as login')).toBe('as login')
  })

  test('a socket that does not answer the knock in time / HostTimeout', async () => {
    const sshd = await serve()
    const { host } = await reachFake(sshd)
    const stopped = AbortSignal.abort(new Error('Ctrl-C'))
    expect(await failure(host.connect('/run/x', { signal: stopped }))).toMatchObject({ message: 'Ctrl-C' })
    expect(await failure(host.connect('/nonexistent/x'))).toBeInstanceOf(SocketRefused)
  })
})

describe('ssh, keys', () => {
  test('an identity file of the fleet goes before those of ssh_config', async () => {
    const sshd = await serve()
    const { host } = await reachFake(sshd, { identityFile: sshd.identity }, 'IdentityFile /nonexistent/key')
    expect(await host.run(['true'])).toMatchObject({ code: 0 })
  })

  test.each([
    ['openssh', []],
    ['PEM', ['-m', 'PEM']],
  ])('given a key with a passphrase (%s) / the login is refused, and the agent suggested', async (_form, flags) => {
    const sshd = await serve()
    const file = join(sshd.dir, 'locked')
    await newKey(file, flags.length === 0 ? 'ed25519' : 'rsa', 'secret', flags)
    const config = configFor(sshd).replace(`IdentityFile ${sshd.identity}`, `IdentityFile ${file}`)
    const { reach } = await import('./reach.ts')
    const error = await failure(reach(await sshEnv(sshd.dir, config)))
    expect(error).toBeInstanceOf(LoginRefused)
    expect((error as LoginRefused).suggestions).toContain(
      `${file} needs a passphrase: put it into an agent with \`ssh-add ${file}\``,
    )
  })

  test('given an agent that nobody serves any longer / it is passed over and told of', async () => {
    const sshd = await serve({ refuseLogin: true })
    const config = configFor(sshd, `IdentityAgent ${sshd.dir}/stale`)
    const { reach } = await import('./reach.ts')
    const error = await failure(reach(await sshEnv(sshd.dir, config)))
    expect((error as LoginRefused).suggestions).toContain(`nobody listens at the agent's socket ${sshd.dir}/stale`)
  })

  test('given a ProxyCommand / the openssh transport is named', async () => {
    const sshd = await serve()
    expect(await failure(reachFake(sshd, {}, 'ProxyCommand nc %h %p'))).toMatchObject({
      suggestions: ['use transport: openssh'],
    })
    const script = `const [host, port] = process.argv.slice(1); process.stdin.pipe(require("node:net").connect(port, host)).pipe(process.stdout)`
    const proxy = `ProxyCommand '${process.execPath}' -e '${script}' %h %p`
    const { host } = await reachFake(sshd, { transport: 'openssh' }, proxy)
    expect(await host.run(['true'])).toMatchObject({ code: 0 })
  })
})
