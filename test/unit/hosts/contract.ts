import { randomBytes } from 'node:crypto'
import { on } from 'node:events'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FileRefused, HostTimeout, NoSuchFile, SocketRefused } from '../../../src/hosts/errors.ts'
import type { As, Host } from '../../../src/hosts/host.ts'

/** A host to hold to the contract, and what ends it. */
export interface UnderContract {
  readonly host: Host
  close(): Promise<void>
}

const nasty = [
  '',
  ' ',
  'two words',
  "it's",
  '"quoted"',
  '$HOME',
  '`id`',
  '$(id)',
  '*',
  '?[a-z]',
  '~',
  '-n',
  '--',
  'a;b',
  'a&b|c>d<e',
  '#no comment',
  'back\\slash\\',
  'tab\there',
  'line\nbreak',
  '\n',
  'ends with newline\n',
  '!bang',
  '{a,b}',
  'naïve — 日本語 🚦',
  '%s%n',
  '\u{7f}\u{1}',
]

// Answers each connection, once the other side has half-closed, with what it was sent, turned round; then it ends.
const echoServer = `use Socket; my $path = shift;
socket(my $l, AF_UNIX, SOCK_STREAM, 0) or die; unlink $path; bind($l, pack_sockaddr_un($path)) or die "$!"; listen($l, 5);
exit 0 if fork; close STDIN; close STDOUT; close STDERR; $SIG{ALRM} = 'DEFAULT'; alarm 60;
while (accept(my $c, $l)) { local $/; my $all = <$c>; last if $all eq "stop"; print $c scalar reverse $all; close $c }`

const listenOnce = `use Socket; my $path = shift;
socket(my $l, AF_UNIX, SOCK_STREAM, 0) or die; unlink $path; bind($l, pack_sockaddr_un($path)) or die "$!"; listen($l, 5)`

// A dead process whose parent died first stays a zombie until init takes it: that one has ended too.
const runs = 'grep -s "^State:" "/proc/$(cat "$0")/status" | grep -v "Z (zombie)"'

/** Sends `bytes`, half-closes, and reads to the end. */
export async function exchange(socket: Duplex, bytes: string | Buffer): Promise<string> {
  const answer = text(socket)
  socket.end(bytes)
  return answer
}

/** What every Host does alike, over whichever transport. */
export function hostContract(name: string, makeHost: () => Promise<UnderContract>): void {
  describe(`${name}: the host contract`, () => {
    let host: Host
    let dir: string
    let close: () => Promise<void>

    const sh = async (script: string, ...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await host.run(['sh', '-c', script, 'sh', ...args])
      expect(`${code} ${stderr.toString()}`).toBe('0 ')
      return stdout.toString()
    }
    const has = async (program: string): Promise<boolean> =>
      (await host.run(['sh', '-c', 'command -v "$0"', program])).code === 0
    const isEnded = async (pidFile: string): Promise<boolean> => {
      const { stdout } = await host.run(['sh', '-c', runs, pidFile], {
        as: 'root',
      })
      return stdout.length === 0
    }
    const pidWritten = (pidFile: string): Promise<void> =>
      expect.poll(() => host.run(['test', '-s', pidFile]).then(({ code }) => code), { timeout: 10_000 }).toBe(0)

    beforeAll(async () => {
      const made = await makeHost()
      ;({ host } = made)
      close = () => made.close()
      dir = (await sh('mktemp -d')).trim()
    }, 30_000)

    afterAll(async () => {
      await host.run(['rm', '-rf', dir], { as: 'root' })
      await close()
    })

    describe('run', () => {
      test('gives every argument as it is, however nasty', async () => {
        const { stdout } = await host.run(['printf', '%s\\0', ...nasty])
        expect(stdout.toString().split('\0').slice(0, -1)).toEqual(nasty)
      })

      test('no shell reads the words: a builtin name is a program, or is not there', async () => {
        expect(await host.run(['exit', '3'])).toMatchObject({ code: 127 })
        expect((await host.run(['/nonexistent/program'])).stderr.toString()).toContain('/nonexistent/program')
      })

      test('keeps stdout and stderr apart, trims nothing', async () => {
        const { code, stdout, stderr } = await host.run(['sh', '-c', 'printf " out\\n\\n"; printf "\\n err " >&2'])
        expect([code, stdout.toString(), stderr.toString()]).toEqual([0, ' out\n\n', '\n err '])
      })

      test.each([0, 1, 2, 126, 127, 254, 255])('tells exit code %i as an answer', async (code) => {
        expect(await host.run(['sh', '-c', `exit ${code}`])).toMatchObject({ code })
      })

      test.each([
        ['KILL', 137],
        ['TERM', 143],
        ['SEGV', 139],
      ])('tells SIG%s as 128 + n, without a word of the shell', async (signal, code) => {
        const ended = await host.run(['sh', '-c', `kill -${signal} $$`])
        expect({ code: ended.code, stderr: ended.stderr.toString() }).toEqual({ code, stderr: '' })
      })

      test('passes 5 MB of bytes in and out unchanged', async () => {
        const bytes = randomBytes(5_000_000)
        const { code, stdout } = await host.run(['cat'], { input: bytes })
        expect(code).toBe(0)
        expect(stdout.equals(bytes)).toBe(true)
      })

      test('bytes on stderr are exact too', async () => {
        const bytes = randomBytes(300_000)
        const { stderr } = await host.run(['sh', '-c', 'cat >&2'], { input: bytes })
        expect(stderr.equals(bytes)).toBe(true)
      })

      test('a command that does not read its input still answers', async () => {
        expect(await host.run(['true'], { input: randomBytes(1_000_000) })).toMatchObject({ code: 0 })
      })

      test('without input stdin is at its end', async () => {
        expect(await host.run(['cat'])).toMatchObject({ code: 0, stdout: Buffer.alloc(0) })
      })

      test('words are not localised', async () => {
        const { stderr } = await host.run(['cat', '/nonexistent/file'])
        expect(stderr.toString()).toContain('No such file or directory')
      })

      test('finds the programs in sbin, whoever logs in', async () => {
        expect((await host.run(['sh', '-c', 'echo "$PATH"'])).stdout.toString()).toMatch(/(^|:)\/usr\/sbin(:|$)/m)
      })

      test('thirty at once all answer', async () => {
        const numbers = Array.from({ length: 30 }, (_, index) => String(index))
        const answers = await Promise.all(numbers.map((number) => host.run(['echo', number])))
        expect(answers.map(({ stdout }) => stdout.toString().trim())).toEqual(numbers)
      })

      test('as root is root', async () => {
        const { stdout } = await host.run(['id', '-u'], { as: 'root' })
        expect(stdout.toString()).toBe('0\n')
      })
    })

    describe.each<As>(['login', 'root'])('an end put to a command, as %s', (as) => {
      const stubborn = 'echo $$ >"$0"; trap "" TERM; while :; do sleep 1000; done'

      test('timeout: throws HostTimeout and ends the command with its children', async () => {
        const pidFile = `${dir}/timeout-${as}`
        await expect(
          host.run(['sh', '-c', 'echo $$ >"$0"; sleep 1000; :', pidFile], { as, timeout: 300 }),
        ).rejects.toThrow(HostTimeout)
        await expect.poll(() => isEnded(pidFile), { timeout: 10_000 }).toBe(true)
      })

      test('abort: rejects with the reason and ends the command, even one that ignores TERM', async () => {
        const pidFile = `${dir}/abort-${as}`
        const stop = new AbortController()
        const running = host.run(['sh', '-c', stubborn, pidFile], { as, signal: stop.signal })
        await pidWritten(pidFile)
        stop.abort(new Error('second Ctrl-C'))
        await expect(running).rejects.toThrow('second Ctrl-C')
        await expect.poll(() => isEnded(pidFile), { timeout: 10_000 }).toBe(true)
      })

      test('a signal that is aborted already starts nothing', async () => {
        const file = `${dir}/never-${as}`
        await expect(host.run(['touch', file], { as, signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
          'no',
        )
        expect(await host.run(['test', '-e', file])).toMatchObject({ code: 1 })
      })

      test('the host answers on as before', async () => {
        expect(await host.run(['true'], { as })).toMatchObject({ code: 0 })
      })
    })

    describe('read and write', () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))

      test.each([
        ['no bytes', Buffer.alloc(0)],
        ['every byte', bytes],
        ['3 MB', randomBytes(3_000_000)],
      ])('%s come back as they went', async (_what, content) => {
        await host.write(`${dir}/content`, content)
        expect((await host.read(`${dir}/content`)).equals(content)).toBe(true)
      })

      test.each(['-rf', 'two words', "it's", 'line\nbreak', 'ends\n', '$HOME', '*', 'ü'])(
        'a file may be named %j',
        async (file) => {
          await host.write(`${dir}/${file}`, file)
          expect((await host.read(`${dir}/${file}`)).toString()).toBe(file)
        },
      )

      test('a new file gets the mode asked for, default 0644', async () => {
        await host.write(`${dir}/new`, 'x')
        await host.write(`${dir}/secret`, 'x', { mode: '0600' })
        expect(await sh('stat -c %a "$1" "$2"', `${dir}/new`, `${dir}/secret`)).toBe('644\n600\n')
      })

      test('an existing file keeps its mode', async () => {
        await sh('echo old >"$1"; chmod 4750 "$1"', `${dir}/moded`)
        await host.write(`${dir}/moded`, 'new', { mode: '0600' })
        expect(await sh('stat -c %a "$1"; cat "$1"', `${dir}/moded`)).toBe('4750\nnew')
      })

      test('as root an existing file keeps its owner', async () => {
        const file = `${dir}/owned`
        await host.run(['sh', '-c', 'echo old >"$0"; chown 65534:1 "$0"; chmod 2640 "$0"', file], { as: 'root' })
        await host.write(file, 'new', { as: 'root' })
        expect(await sh('stat -c %u:%g:%a "$1"', file)).toBe('65534:1:2640\n')
        expect((await host.read(file, { as: 'root' })).toString()).toBe('new')
      })

      test('as root a program keeps its capabilities and xattrs', async ({ skip }) => {
        if (!(await has('setcap')) || !(await has('setfattr'))) skip('the host has no setcap or setfattr')
        const file = `${dir}/capable`
        const show = 'getcap "$0"; getfattr --only-values -n user.zdt "$0"'
        const set = 'cp /bin/true "$0" && setcap cap_net_bind_service+ep "$0" && setfattr -n user.zdt -v kept "$0"'
        expect(await host.run(['sh', '-c', set, file], { as: 'root' })).toMatchObject({ code: 0 })
        await host.write(file, await host.read('/bin/false'), { as: 'root' })
        const { stdout } = await host.run(['sh', '-c', show, file], { as: 'root' })
        expect(stdout.toString()).toBe(`${file} cap_net_bind_service=ep\nkept`)
        expect(await host.run([file])).toMatchObject({ code: 1 })
      })

      test('replaces a binary that is running, which goes on', async () => {
        const file = `${dir}/binary`
        const pidFile = `${dir}/binary.pid`
        await sh('cp "$(command -v sleep)" "$1"', file)
        const stop = new AbortController()
        const running = host.run(['sh', '-c', 'echo $$ >"$0"; exec "$1" 1000', pidFile, file], { signal: stop.signal })
        await pidWritten(pidFile)
        await host.write(file, await host.read('/bin/true'))
        expect(await isEnded(pidFile)).toBe(false)
        expect(await host.run([file, '1000'])).toMatchObject({ code: 0 })
        stop.abort(new Error('enough'))
        await expect(running).rejects.toThrow('enough')
      })

      test('a symbolic link stays one; what it points at is replaced', async () => {
        await sh('mkdir "$1/available"; echo old >"$1/available/site"; ln -s available/site "$1/enabled"', dir)
        await host.write(`${dir}/enabled`, 'new')
        expect(await sh('readlink "$1/enabled"; cat "$1/available/site"', dir)).toBe('available/site\nnew')
      })

      test('leaves nothing else behind, also when it fails', async () => {
        const sub = `${dir}/tidy`
        await sh('mkdir -p "$1/directory/x"', sub)
        await host.write(`${sub}/file`, 'x')
        await expect(host.write(`${sub}/directory`, 'x')).rejects.toThrow(FileRefused)
        expect(await sh('ls -A "$1"', sub)).toBe('directory\nfile\n')
      })

      test('a missing file and a missing directory are told apart from a refusal', async () => {
        await expect(host.read(`${dir}/none`)).rejects.toThrow(NoSuchFile)
        await expect(host.read(dir)).rejects.toMatchObject({
          name: 'FileRefused',
          said: expect.stringContaining('Is a directory') as string,
        })
        await expect(host.write(`${dir}/none/file`, 'x')).rejects.toMatchObject({
          name: 'NoSuchFile',
          message: `${host.name}: there is no ${dir}/none`,
        })
      })
    })

    describe.each<As | undefined>([undefined, 'login', 'root'])('a unix socket, as %s', (as) => {
      const options = as === undefined ? {} : { as }

      test('what is sent arrives, the half-close too, and the answer comes back', async () => {
        const path = `${dir}/echo-${as}`
        await sh('exec perl -e "$2" -- "$1"', path, echoServer)
        expect(await exchange(await host.connect(path, options), 'show info\n')).toBe('\nofni wohs')
        // The way that worked is known by now; and bytes are bytes.
        const big = 'abc'.repeat(100_000)
        expect(await exchange(await host.connect(path, options), big)).toBe('cba'.repeat(100_000))
        expect(await exchange(await host.connect(path, options), 'stop')).toBe('')
      })

      test('no such socket', async () => {
        await expect(host.connect(`${dir}/none`, options)).rejects.toMatchObject({
          name: 'SocketRefused',
          said: 'No such file or directory',
        })
      })

      test('a socket that nobody listens at', async () => {
        const path = `${dir}/deaf-${as}`
        await sh('exec perl -e "$2" -- "$1"', path, listenOnce)
        const refused = host.connect(path, options)
        await expect(refused).rejects.toThrow(SocketRefused)
        await expect(refused).rejects.toMatchObject({ said: 'Connection refused' })
      })

      test('destroying a socket lets go of it', async () => {
        const path = `${dir}/gone-${as}`
        await sh('exec perl -e "$2" -- "$1"', path, echoServer)
        const socket = await host.connect(path, options)
        const closed = on(socket, 'close')
        socket.destroy()
        await closed.next()
        expect(await exchange(await host.connect(path, options), 'stop')).toBe('')
      })
    })
  })
}
