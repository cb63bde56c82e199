import { readFileSync } from 'node:fs'
import { arch } from 'node:process'
import { expect, test } from 'vitest'
import { elfVerdict } from '../../../src/daemons/elf.ts'

const elf = (bits: 1 | 2, type: number, machine: number, order: 1 | 2 = 1) => {
  const bytes = new Uint8Array(64)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits, order, 1])
  const view = new DataView(bytes.buffer)
  view.setUint16(16, type, order === 1)
  view.setUint16(18, machine, order === 1)
  return bytes
}

test('a program for the host', () => {
  expect(elfVerdict(elf(2, 3, 62), 'x86_64')).toBeNull()
  expect(elfVerdict(elf(2, 2, 183), 'aarch64')).toBeNull()
  expect(elfVerdict(elf(2, 3, 22, 2), 's390x')).toBeNull()
})

test.each([
  ['another architecture', elf(2, 3, 183), 'built for aarch64, but the host is x86_64'],
  ['32 bits', elf(1, 3, 3), 'built for i686, but the host is x86_64'],
  ['an object file', elf(2, 1, 62), 'an object file, not a program'],
  ['a core dump', elf(2, 4, 62), 'not a program (ELF, but of another type)'],
  ['a text', Buffer.from('user www-data;\nworker_processes auto;\n'), 'a text file, not a program (ELF)'],
  ['a script', Buffer.from('#!/bin/sh\nexec nginx "$@"\n'), 'a script, not a program (ELF)'],
  ['a package', Buffer.from('!<arch>\ndebian-binary   '), 'a Debian package, not a program (ELF)'],
  ['noise', Buffer.from([0, 1, 2, 3]), 'data, not a program (ELF)'],
  ['nothing', Buffer.alloc(0), 'the file is empty'],
])('%s is refused', (_what, bytes, verdict) => expect(elfVerdict(bytes, 'x86_64')).toBe(verdict))

test('an architecture that is not in the table is left to the host', () =>
  expect(elfVerdict(elf(2, 3, 62), 'vax')).toBeNull())

test.runIf(arch === 'x64')('the program that runs this test', () =>
  expect(elfVerdict(readFileSync(process.execPath).subarray(0, 64), 'x86_64')).toBeNull(),
)
