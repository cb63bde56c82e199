import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asOperand, writeCodes, writeCommand } from '../../../src/hosts/write.ts'

test('content that was cut short on its way replaces nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'zdt-write-'))
  await writeFile(join(dir, 'nginx'), 'the old binary')
  const [file = '', ...args] = writeCommand(join(dir, 'nginx'), 1000, '0644', 30_000)
  expect(spawnSync(file, args, { input: 'half a bin' }).status).toBe(writeCodes.short)
  expect(await readFile(join(dir, 'nginx'), 'utf8')).toBe('the old binary')
  expect(await readdir(dir)).toEqual(['nginx'])
  await rm(dir, { recursive: true })
})

test('content that does not come at all is not waited for longer than that', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'zdt-write-'))
  const [file = '', ...args] = writeCommand(join(dir, 'nginx'), 1000, '0644', 1000)
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.write('half a bin')
  expect(await once(child, 'exit')).toEqual([writeCodes.short, null])
  expect(await readdir(dir)).toEqual([])
  child.stdin.destroy()
  await rm(dir, { recursive: true })
})

test('a name that begins with - is a path', () => {
  expect(asOperand('-rf')).toBe('./-rf')
  expect(asOperand('/etc/-x')).toBe('/etc/-x')
})
