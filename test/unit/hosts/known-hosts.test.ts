import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { algorithmsFor } from '../../../src/hosts/host-key.ts'
import { fingerprint, isAbout, judge, namesOf, parseKnownHosts, pinnedTypes } from '../../../src/hosts/known-hosts.ts'
import { newKey } from './fake-sshd.ts'

const keygen = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('ssh-keygen', args).catch((error: { stdout: string }) => error)
  return stdout
}

let dir: string
const key = { ed: '', other: '', ecdsa: '', rsa: '' }
const blob = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-known-'))
  const made = async (name: string, type: string): Promise<string> =>
    (await newKey(join(dir, name), type)).line.split(' ').slice(0, 2).join(' ')
  ;[key.ed, key.other, key.ecdsa, key.rsa] = await Promise.all([
    made('ed', 'ed25519'),
    made('other', 'ed25519'),
    made('ecdsa', 'ecdsa'),
    made('rsa', 'rsa'),
  ])
})

afterAll(() => rm(dir, { recursive: true }))

const verdict = (text: string, shown: string, host = 'lb1', port = 22, alias?: string): string => {
  const judged = judge(parseKnownHosts(text, 'kh'), namesOf(host, port, alias), blob(shown))
  return 'entry' in judged ? `${judged.is} ${judged.entry.file}:${judged.entry.line}` : judged.is
}

describe('judge', () => {
  test('a key that is there is known', () => {
    expect(verdict(`# comment\n\nlb1,10.0.0.1 ${key.ed} deploy@somewhere\n`, key.ed)).toBe('known')
    expect(verdict(`lb1,10.0.0.1 ${key.ed}`, key.ed, '10.0.0.1')).toBe('known')
    expect(verdict(`LB1 ${key.ed}`, key.ed, 'lb1')).toBe('known')
  })

  test('a host that is not there is unknown', () => {
    expect(verdict('', key.ed)).toBe('unknown')
    expect(verdict(`lb2 ${key.ed}`, key.ed)).toBe('unknown')
    expect(verdict(`#lb1 ${key.ed}`, key.ed)).toBe('unknown')
    expect(verdict(`lb1 ssh-ed25519 not-base64-of-a-key`, key.ed)).toBe('unknown')
  })

  test('another key than the one there is changed, and the line is named', () => {
    expect(verdict(`\nlb1 ${key.other}\n`, key.ed)).toBe('changed kh:2')
    expect(verdict(`lb1 ${key.ecdsa}\nlb1 ${key.other}\n`, key.ed)).toBe('changed kh:2')
  })

  test('a key of a type that is not pinned is as good as changed: whoever is in between would show one', () => {
    expect(verdict(`lb1 ${key.ecdsa}`, key.ed)).toBe('changed kh:1')
  })

  test('one of several is enough', () => {
    expect(verdict(`lb1 ${key.other}\nlb1 ${key.ed}`, key.ed)).toBe('known')
  })

  test('a revoked key is revoked, also where it stands as known', () => {
    expect(verdict(`lb1 ${key.ed}\n@revoked * ${key.ed}`, key.ed)).toBe('revoked kh:2')
    expect(verdict(`lb1 ${key.ed}\n@revoked * ${key.other}`, key.ed)).toBe('known')
  })

  test('a certificate authority says nothing about a plain key', () => {
    expect(verdict(`@cert-authority * ${key.ed}`, key.ed)).toBe('unknown')
    expect(verdict(`@unheard-of lb1 ${key.ed}`, key.ed)).toBe('unknown')
  })

  test('a port other than 22 is part of the name, but the bare name will do', () => {
    expect(verdict(`[lb1]:2222 ${key.ed}`, key.ed, 'lb1', 2222)).toBe('known')
    expect(verdict(`[lb1]:2222 ${key.ed}`, key.ed, 'lb1', 2223)).toBe('unknown')
    expect(verdict(`[lb1]:2222 ${key.ed}`, key.ed, 'lb1', 22)).toBe('unknown')
    expect(verdict(`lb1 ${key.ed}`, key.ed, 'lb1', 2222)).toBe('known')
  })

  test('HostKeyAlias wins over name and port', () => {
    expect(verdict(`blue ${key.ed}`, key.ed, 'lb1', 2222, 'blue')).toBe('known')
    expect(verdict(`lb1 ${key.ed}`, key.ed, 'lb1', 22, 'blue')).toBe('unknown')
    expect(verdict(`blue ${key.ed}`, key.ed, 'lb1', 22, 'Blue')).toBe('known')
  })
})

describe('the types that are pinned come first when asking', () => {
  test('one that is pinned leads, the others follow', () => {
    const pinned = pinnedTypes(parseKnownHosts(`lb1 ${key.ecdsa}\nlb2 ${key.ed}`, 'kh'), ['lb1'])
    expect(pinned).toEqual(['ecdsa-sha2-nistp256'])
    expect(algorithmsFor(pinned).slice(0, 2)).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519'])
  })

  test('an rsa key is asked for with sha2 signatures, never with sha1', () => {
    expect(algorithmsFor(['ssh-rsa']).slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
    expect(algorithmsFor([])).not.toContain('ssh-rsa')
  })
})

describe('ssh-keygen is the oracle', () => {
  const patterns = [
    'lb1',
    'lb1,10.0.0.1',
    '*.example.com,!db.example.com',
    'lb?',
    '[lb1]:2222',
    '[*.example.com]:2222',
    '10.0.*',
    '!lb1,*',
    'fe80::1',
    'a+b.c',
  ]
  const names = [
    'lb1',
    'lb2',
    'lb10',
    '10.0.0.1',
    'www.example.com',
    'db.example.com',
    '[lb1]:2222',
    '[www.example.com]:2222',
    'fe80::1',
    'a+b.c',
    'aab.c',
  ]

  test.each(['plain', 'hashed'])('%s names match as ssh-keygen -F finds them', async (form) => {
    const file = join(dir, form)
    const lines = form === 'plain' ? patterns : ['lb1', '10.0.0.1', '[lb1]:2222', 'fe80::1']
    await writeFile(file, lines.map((line) => `${line} ${key.ed}\n`).join(''))
    if (form === 'hashed') await keygen('-H', '-f', file)
    const { readFile } = await import('node:fs/promises')
    const entries = parseKnownHosts(await readFile(file, 'utf8'), file)
    expect(entries).toHaveLength(lines.length)
    if (form === 'hashed') expect(entries[0]?.names).toMatch(/^\|1\|/)
    for (const name of names) {
      const found = [...(await keygen('-F', name, '-f', file)).matchAll(/found: line (\d+)/g)].map(([, line]) =>
        Number(line),
      )
      const ours = entries.filter((entry) => isAbout(entry, name)).map(({ line }) => line)
      expect({ name, lines: ours }).toEqual({ name, lines: found })
    }
  })

  test('fingerprints read as ssh-keygen prints them', async () => {
    for (const [name, line] of [
      ['ed', key.ed],
      ['ecdsa', key.ecdsa],
      ['rsa', key.rsa],
    ] as const) {
      expect(await keygen('-lf', join(dir, `${name}.pub`))).toContain(` ${fingerprint(blob(line))} `)
    }
  })
})
