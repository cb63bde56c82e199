import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FileMove } from '../../../../src/hosts/config/change.ts'
import { NotAsPlanned, putFilesBack, putInPlace } from '../../../../src/hosts/config/exchange.ts'
import { forgetKept, isKept, keptVersions, readKept } from '../../../../src/hosts/config/kept.ts'
import { digestsOf, lookAtFiles } from '../../../../src/hosts/config/look.ts'
import { keptName, stagedPath } from '../../../../src/hosts/config/places.ts'
import { missingDirectories, stageFiles, unstageFiles } from '../../../../src/hosts/config/stage.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import { sha256 } from '../../../../src/lib/digest.ts'
import { reach } from '../reach.ts'

let dir = ''
let host: Host
let close = () => Promise.resolve()
/** Commands that are killed before their script's line of that text, as by a host that dies. */
let dieBefore = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-config-'))
  dieBefore = ''
  const reached = await reach(process.env, { transport: 'local' })
  close = () => reached.close()
  // The files are ours: nobody has to become root.
  const asOurselves = {
    ...reached.host,
    run: (argv, { as: _as, ...rest } = {}) => reached.host.run(cut(argv), rest),
    read: (path, { as: _as, ...rest } = {}) => reached.host.read(path, rest),
  } satisfies Host
  host = asOurselves
  await mkdir(join(dir, 'etc'))
  await writeFile(at('main'), 'old\n')
  await chmod(at('main'), 0o640)
})

afterEach(async () => {
  await close()
  await rm(dir, { recursive: true })
})

const cut = (argv: readonly string[]) =>
  argv.map((word) => (dieBefore === '' ? word : word.replace(`\n${dieBefore}`, `\nexit 1\n${dieBefore}`)))
const at = (name: string) => join(dir, 'etc', name)
const kept = () => ({ directory: join(dir, 'state'), name: '20261121T120000Z-7K2Q9X' })
const move = (name: string, from: string | null, to: string): FileMove => ({
  path: at(name),
  target: at(name),
  staged: stagedPath(at(name), '7K2Q9X'),
  from: from === null ? null : sha256(from),
  to: sha256(to),
  mode: '0600',
})
const moves = () => [move('main', 'old\n', 'new\n'), move('certs/key.pem', null, 'key\n')]
const stage = (all = moves(), contents = ['new\n', 'key\n']) =>
  stageFiles(
    host,
    all.map((one, index) => ({ move: one, content: contents[index] ?? '' })),
  )
const content = async () => {
  const files = await readdir(join(dir, 'etc'), { recursive: true, withFileTypes: true })
  const texts = files
    .filter((file) => file.isFile())
    .map(async (file) => [file.name, await readFile(join(file.parentPath, file.name), 'utf8')])
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>
}
const modeOf = async (name: string) => ((await stat(at(name))).mode & 0o777).toString(8)

test('staged beside its place, with the mode of what it replaces; and taken away again with what was made for it', async () => {
  const directories = await missingDirectories(host, moves())
  expect(directories).toEqual([at('certs')])
  await stage()
  expect(await content()).toEqual({
    main: 'old\n',
    '.main.zdt-new-7K2Q9X': 'new\n',
    '.key.pem.zdt-new-7K2Q9X': 'key\n',
  })
  expect(await modeOf('.main.zdt-new-7K2Q9X')).toBe('640')
  expect(await modeOf('certs/.key.pem.zdt-new-7K2Q9X')).toBe('600')
  await unstageFiles(host, { staged: moves().map(({ staged }) => staged), directories })
  expect(await readdir(join(dir, 'etc'))).toEqual(['main'])
})

test('what everybody may read is closed where a secret comes into it, and open again when that is put back', async () => {
  await chmod(at('main'), 0o644)
  const closing = [{ ...move('main', 'old\n', 'new\n'), closes: true as const }]
  await stage(closing, ['new\n'])
  expect(await modeOf('.main.zdt-new-7K2Q9X')).toBe('640')
  await putInPlace(host, kept(), closing)
  expect(await modeOf('main')).toBe('640')
  await putFilesBack(host, kept(), closing, '')
  expect(await modeOf('main')).toBe('644')
})

test('what lies there: its permissions, a link where zdt wrote a file, and what is no file at all', async () => {
  await mkdir(at('directory'))
  await symlink(at('main'), at('link'))
  const looked = await lookAtFiles(host, [
    { unit: 'zdt-test-unit', paths: ['main', 'link', 'directory', 'none'].map(at) },
  ])
  expect(looked.get('zdt-test-unit')).toEqual([
    { path: at('main'), target: at('main'), sha256: sha256('old\n'), written: null, mode: '640' },
    { path: at('link'), target: at('main'), sha256: sha256('old\n'), written: null, mode: '640' },
    { path: at('directory'), target: at('directory'), sha256: null, written: null, mode: '755', odd: 'directory' },
    { path: at('none'), target: at('none'), sha256: null, written: null, mode: null },
  ])
})

test('put in place, kept, noted; put back byte for byte, and forgotten', async () => {
  await stage()
  await putInPlace(host, kept(), moves())
  expect(await content()).toEqual({ main: 'new\n', 'key.pem': 'key\n' })
  expect(await modeOf('main')).toBe('640')
  expect(await readFile(join(dir, 'state/written'), 'utf8')).toBe(
    `${sha256('new\n')}  ${at('main')}\n${sha256('key\n')}  ${at('certs/key.pem')}\n`,
  )
  expect(await keptVersions(host, kept().directory)).toEqual([
    {
      name: kept().name,
      run: '7K2Q9X',
      replaced: expect.any(Number) as number,
      files: [
        { sha256: sha256('old\n'), path: at('main') },
        { sha256: null, path: at('certs/key.pem') },
      ],
    },
  ])
  expect(await readKept(host, kept(), at('main'))).toBe('old\n')
  await putFilesBack(host, kept(), moves(), '')
  await putFilesBack(host, kept(), moves(), '')
  expect(await content()).toEqual({ main: 'old\n' })
  expect(await modeOf('main')).toBe('640')
  await forgetKept(host, kept())
  expect(await isKept(host, kept())).toBe(false)
  expect(await readdir(join(dir, 'state'))).toEqual(['kept'])
})

test.each(['mkdir -p', '  each keep', '  mv -T', 'each move', 'rm -f "$unit/written.new"', '  each note', 'mv -f --'])(
  'a host that dies before `%s`: done again it is done, put back it is put back',
  async (line) => {
    for (const way of ['again', 'back'] as const) {
      const one = { ...kept(), name: `${kept().name}-${way}` }
      await stage()
      dieBefore = line.startsWith('mkdir') ? '  mkdir -p' : line
      await expect(putInPlace(host, one, moves())).rejects.toThrow('cannot write')
      dieBefore = ''
      if (way === 'again') {
        await putInPlace(host, one, moves())
        expect(
          await digestsOf(
            host,
            moves().map(({ target }) => target),
          ),
        ).toEqual(moves().map(({ to }) => to))
      }
      await putFilesBack(host, one, moves(), '')
      await unstageFiles(host, { staged: moves().map(({ staged }) => staged), directories: [at('certs')] })
      expect(await content()).toEqual({ main: 'old\n' })
    }
  },
)

test('a file that somebody else has changed meanwhile is not gone over, in either direction', async () => {
  await stage()
  await writeFile(at('main'), 'theirs\n')
  await expect(putInPlace(host, kept(), moves())).rejects.toThrow(NotAsPlanned)
  expect(await content()).toMatchObject({ main: 'theirs\n' })
  expect(await isKept(host, kept())).toBe(false)
  await writeFile(at('main'), 'old\n')
  await putInPlace(host, kept(), moves())
  await writeFile(at('main'), 'theirs\n')
  await expect(putFilesBack(host, kept(), moves(), '')).rejects.toThrow(NotAsPlanned)
  expect(await content()).toMatchObject({ main: 'theirs\n', 'key.pem': 'key\n' })
})

test('of a part of a set, told at run time: a shelf of its own, and what zdt wrote of the others stays written', async () => {
  await stage()
  await putInPlace(host, kept(), moves())
  const path = at('main')
  const down = [move('main', 'new\n', 'down\n')]
  await stage(down, ['down\n'])
  const run = { ...kept(), shelf: 'run-time' as const, name: 'drain' }
  await putInPlace(host, run, down)
  expect(await content()).toMatchObject({ main: 'down\n' })
  const key = `${sha256('key\n')}  ${at('certs/key.pem')}\n`
  expect(await readFile(join(dir, 'state/written'), 'utf8')).toBe(`${sha256('down\n')}  ${path}\n${key}`)
  expect((await keptVersions(host, kept().directory)).map(({ name }) => name)).toEqual([kept().name])
  // Meanwhile another run writes the key anew: the way back is about its own file alone.
  const another = `${sha256('another\n')}  ${at('certs/key.pem')}\n`
  await writeFile(join(dir, 'state/written'), `${sha256('down\n')}  ${path}\n${another}`)
  await putFilesBack(host, run, down, '')
  expect(await content()).toMatchObject({ main: 'new\n' })
  expect(await readFile(join(dir, 'state/written'), 'utf8')).toBe(`${sha256('new\n')}  ${path}\n${another}`)
})

test('a file of somebody else’s does not become zdt’s by one word told at run time', async () => {
  const down = [move('main', 'old\n', 'down\n')]
  await stage(down, ['down\n'])
  await putInPlace(host, { ...kept(), shelf: 'run-time', name: 'drain' }, down)
  expect(await content()).toMatchObject({ main: 'down\n' })
  await expect(readFile(join(dir, 'state/written'))).rejects.toThrow('ENOENT')
})

test('of older versions ten stay', async () => {
  for (let number = 0; number < 12; number++) {
    const [from, to] = number % 2 === 0 ? ['old\n', 'new\n'] : ['new\n', 'old\n']
    const one = [move('main', from, to)]
    await stage(one, [to])
    await putInPlace(host, { ...kept(), name: keptName('7K2Q9X', new Date(Date.UTC(2026, 10, 21, 12, number))) }, one)
  }
  const names = (await keptVersions(host, kept().directory)).map(({ name }) => name)
  expect(names).toHaveLength(10)
  expect(names[0]).toBe('20261121T121100Z-7K2Q9X')
  expect(names.at(-1)).toBe('20261121T120200Z-7K2Q9X')
})

test('a symbolic link stays, and what it leads to is replaced', async () => {
  await symlink(at('main'), at('link'))
  const one = [{ ...move('main', 'old\n', 'new\n'), path: at('link') }]
  await stage(one, ['new\n'])
  await putInPlace(host, kept(), one)
  expect(await readFile(at('link'), 'utf8')).toBe('new\n')
  expect(await readdir(join(dir, 'etc'))).toEqual(['link', 'main'])
})
