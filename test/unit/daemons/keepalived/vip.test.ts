import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { versionIn } from '../../../../src/daemons/keepalived/daemon.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import { addressCommand, holdingInterface, whereHeld } from '../../../../src/daemons/keepalived/vip.ts'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')

test('the question', () => expect(addressCommand('10.0.0.100').join(' ')).toBe('ip -j address show to 10.0.0.100'))

test.each([
  ['held, beside other addresses', fixture('ip-held.json'), 'v0'],
  ['held, IPv6', fixture('ip-held-v6.json'), 'v0'],
  ['on lo, where a former holder keeps it', fixture('ip-on-lo.json'), null],
  ['held by nobody here', '[]\n', null],
  ['an older ip, which then prints nothing', '', null],
  ['other addresses only', '[{"ifname":"v0","addr_info":[{}]},{}]', null],
])('%s', (_, said, held) => expect(holdingInterface(said)).toBe(held))

test('what is no such list is not taken for "not held"', () => {
  expect(() => holdingInterface('Object "address" is unknown')).toThrow(SyntaxError)
})

test('the version, which it prints to stderr', () => expect(versionIn(fixture('version-2.3.3.txt'))).toBe('2.3.3'))

test.each([
  [127, 'ip: not found', ''],
  [0, '', 'Option "-j" is unknown'],
])('a host that cannot list its addresses (%i) is not one without the VIP', async (code, stderr, stdout) => {
  const host = { name: 'lb1', run: async () => ({ code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }) }
  await expect(whereHeld(host as unknown as Host, '10.0.0.100')).rejects.toMatchObject({
    code: 'addresses-unknown',
    said: stderr || stdout,
  })
})
