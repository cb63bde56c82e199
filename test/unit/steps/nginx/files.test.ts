import { chmod, link, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeKind, On } from '../../../../src/engine/step-kind.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import { sha256 } from '../../../../src/lib/digest.ts'
import type { Json } from '../../../../src/lib/types.ts'
import { replaceBinary } from '../../../../src/steps/nginx/replace-binary.ts'
import { stageBinary } from '../../../../src/steps/binary/stage-binary.ts'
import { reach } from '../../hosts/reach.ts'

let dir = ''
let close = () => Promise.resolve()
let on: On

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-files-'))
  await writeFile(join(dir, 'nginx'), 'old')
  await chmod(join(dir, 'nginx'), 0o755)
  await writeFile(join(dir, 'fresh'), 'new')
  const reached = await reach(process.env, { transport: 'local' })
  close = () => reached.close()
  // The files are ours: nobody has to become root.
  const host = {
    ...reached.host,
    run: (argv, { as: _as, ...rest } = {}) => reached.host.run(argv, rest),
    write: (path, content, { as: _as, ...rest } = {}) => reached.host.write(path, content, rest),
  } satisfies Host
  on = {
    host,
    run: '7K2Q9X',
    signal: new AbortController().signal,
    other: () => Promise.resolve(host),
    text: () => Promise.reject(new Error('no text')),
  }
})

afterEach(async () => {
  await close()
  await rm(dir, { recursive: true })
})

const at = (name: string) => join(dir, name)
const content = async () =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(dir))
        .filter((name) => name !== 'fresh')
        .map(async (name) => [name, await readFile(at(name), 'utf8')]),
    ),
  ) as Record<string, string>
const place = () => ({
  unit: 'nginx.service',
  target: at('nginx'),
  staged: at('nginx.zdt-new-7K2Q9X'),
  backup: at('nginx.zdt-7K2Q9X'),
})
const upload = () => ({ file: at('fresh'), sha256: sha256('new'), staged: place().staged })
const exchange = () => ({ ...place(), sha256: sha256('new') })
const found = { sha256: sha256('old'), old: null }

/** How it looks to another process: done, undone, or a half that undo knows. */
async function seen(kind: 'stage' | 'replace'): Promise<string> {
  return kind === 'stage' ? judge(stageBinary, upload(), { sha256: null }) : judge(replaceBinary, exchange(), found)
}

async function judge<Input extends Json, Found extends Json>(
  kind: ChangeKind<Input, Found>,
  input: Input,
  before: Found,
): Promise<string> {
  if ((await kind.verify(input, before, on)).done) return 'after'
  if ((await kind.undone(input, before, on)).done) return 'before'
  return (await kind.halfway?.(input, before, on)) ? 'halfway' : 'odd'
}

describe('an upload', () => {
  test('is seen, and taken back', async () => {
    expect(await seen('stage')).toBe('before')
    await stageBinary.apply(upload(), { sha256: null }, on)
    expect(await seen('stage')).toBe('after')
    await stageBinary.undo(upload(), { sha256: null }, on)
    expect(await seen('stage')).toBe('before')
    expect(await content()).toEqual({ nginx: 'old' })
  })

  test('that the host died on leaves a half by which it is known, and which is taken away', async () => {
    await writeFile(at('.nginx.zdt-new-7K2Q9X.zdt-0123456789ab'), 'ne')
    await writeFile(at('.nginx.zdt-new-OTHERS.zdt-0123456789ab'), 'of another run')
    expect(await seen('stage')).toBe('halfway')
    await stageBinary.undo(upload(), { sha256: null }, on)
    expect(await seen('stage')).toBe('before')
    expect(await content()).toEqual({ nginx: 'old', '.nginx.zdt-new-OTHERS.zdt-0123456789ab': 'of another run' })
  })

  test('of a file that has changed since is refused', async () => {
    await writeFile(at('fresh'), 'newer')
    await expect(stageBinary.apply(upload(), { sha256: null }, on)).rejects.toThrow('has changed since')
  })
})

describe('the exchange of the binary', () => {
  beforeEach(() => writeFile(place().staged, 'new'))

  test('is seen, and taken back', async () => {
    expect(await seen('replace')).toBe('before')
    await replaceBinary.apply(exchange(), found, on)
    expect(await seen('replace')).toBe('after')
    expect(await content()).toEqual({ nginx: 'new', 'nginx.zdt-7K2Q9X': 'old' })
    await replaceBinary.undo(exchange(), found, on)
    expect(await seen('replace')).toBe('before')
    expect(await content()).toEqual({ nginx: 'old' })
  })

  test('died between the link and the rename: known as a half, undone, and run again', async () => {
    await link(at('nginx'), place().backup)
    expect(await seen('replace')).toBe('halfway')
    await replaceBinary.undo(exchange(), found, on)
    expect(await seen('replace')).toBe('before')
    await replaceBinary.apply(exchange(), found, on)
    expect(await seen('replace')).toBe('after')
  })

  test('put back by the undo of a later step, with the kept one still there: known as a half', async () => {
    await replaceBinary.apply(exchange(), found, on)
    await link(place().backup, at('nginx.zdt-back'))
    await rename(at('nginx.zdt-back'), at('nginx'))
    expect(await seen('replace')).toBe('halfway')
    await replaceBinary.undo(exchange(), found, on)
    expect(await content()).toEqual({ nginx: 'old' })
  })

  test('over which somebody has installed a third one: odd, not to be overwritten', async () => {
    await replaceBinary.apply(exchange(), found, on)
    await writeFile(at('nginx'), 'of a package')
    expect(await seen('replace')).toBe('odd')
  })
})
