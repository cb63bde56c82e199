import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { On } from '../../../../src/engine/step-kind.ts'
import { hostOver } from '../../../../src/hosts/host-over.ts'
import { localTransport } from '../../../../src/hosts/local.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { keepFile, putKeptBack, replaceKeeping } from '../../../../src/steps/binary/in-place.ts'

let dir = ''
let on: On
let close: () => Promise<void>
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-in-place-'))
  const host = hostOver(await localTransport('web1' as HostName, process.env), 'none')
  close = () => host.close()
  on = { host, run: '7K2Q9X', signal: new AbortController().signal } as unknown as On
  await writeFile(join(dir, 'nginx'), 'old')
})
afterEach(async () => {
  await close()
  await rm(dir, { recursive: true })
})

const place = () => ({ target: join(dir, 'nginx'), backup: join(dir, 'nginx.old'), staged: join(dir, 'nginx.new') })
const lie = async () => [await readFile(place().target, 'utf8'), await readFile(place().backup, 'utf8')]

test('run again, as whoever retries does, the new one stays in place and the old one kept; then it goes back', async () => {
  await writeFile(place().staged, 'new')
  for (let turn = 0; turn < 3; turn++) {
    await replaceKeeping(on, place())
    expect(await lie()).toEqual(['new', 'old'])
  }
  await putKeptBack(on, place())
  expect(await readFile(place().target, 'utf8')).toBe('old')
})

test('with nothing to put in place it fails, and the old one stays', async () => {
  await expect(replaceKeeping(on, place())).rejects.toMatchObject({
    said: expect.stringContaining('is not there') as string,
  })
  expect(await readFile(place().target, 'utf8')).toBe('old')
})

test('what is kept is kept once: what others have put there since is no old one', async () => {
  await keepFile(on, place())
  await rm(place().target)
  await writeFile(place().target, 'of a package')
  await keepFile(on, place())
  expect(await lie()).toEqual(['of a package', 'old'])
})
