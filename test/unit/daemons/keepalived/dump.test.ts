import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseDump } from '../../../../src/daemons/keepalived/parse-dump.ts'
import { downMs, skewMs } from '../../../../src/daemons/keepalived/timing.ts'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')

const common = {
  name: 'public',
  version: 3,
  device: 'host0',
  routerId: 51,
  advertMs: 100,
  downAdverts: 3,
  preempt: true,
  preemptDelayMs: 0,
  unicast: false,
  vmac: false,
  addresses: ['10.77.0.100'],
  devices: { '10.77.0.100': 'host0' },
  trackFiles: [{ name: 'priority', path: '/etc/keepalived/priority', status: 0, weight: 1 }],
}

test('a master', () => {
  expect(parseDump(fixture('dump-2.3.3-master.txt'))).toEqual([
    { ...common, state: 'MASTER', base: 150, effective: 150, total: 150 },
  ])
})

test('a backup, and whose adverts it hears', () => {
  expect(parseDump(fixture('dump-2.3.3-backup.txt'))).toEqual([
    {
      ...common,
      state: 'BACKUP',
      base: 100,
      effective: 100,
      total: 100,
      master: { address: '10.77.0.11', priority: 150 },
    },
  ])
})

test('members of a sync group, which track what their group tracks', () => {
  const group = { syncGroup: 'both', state: 'BACKUP', base: 150, effective: 90 }
  const trackFiles = [{ ...common.trackFiles[0], status: -60 }]
  expect(parseDump(fixture('dump-2.3.3-sync-group.txt'))).toMatchObject([
    { name: 'public', addresses: ['10.77.0.100'], ...group, trackFiles },
    { name: 'second', addresses: ['10.77.0.101'], ...group, trackFiles },
  ])
})

const edited = (edit: (text: string) => string) => parseDump(edit(fixture('dump-2.3.3-backup.txt')))[0]

test.each([
  ['nopreempt', ['Preempt = enabled', 'Preempt = disabled'], { preempt: false }],
  ['a delay', ['Preempt = enabled', 'Preempt = enabled\n   Preempt delay = 2.5 secs'], { preemptDelayMs: 2500 }],
  ['version 2', ['Advert interval = 100 milli-sec', 'Advert interval = 1 sec'], { advertMs: 1000 }],
  ['unicast', ['   fd_in 15', '   Unicast Peer :\n     10.0.0.12\n   fd_in 15'], { unicast: true }],
  [
    'a MAC of its own',
    ['Interface = host0\n   Using', 'Interface = vrrp.51, vmac on host0\n   Using'],
    { device: 'vrrp.51', vmac: true },
  ],
  [
    '2.2’s heading, and addresses left out of adverts',
    ['Virtual IP (1):', 'Virtual IP Excluded :\n     10.0.0.9/24 dev dmz\n   Virtual IP :'],
    { addresses: ['10.0.0.9', '10.77.0.100'], devices: { '10.0.0.9': 'dmz', '10.77.0.100': 'host0' } },
  ],
  [
    'a file that counts the other way',
    ['priority, weight 1', 'priority, weight 2 reverse'],
    { trackFiles: [{ ...common.trackFiles[0], weight: -2 }] },
  ],
] as const)('%s', (_, [from, to], expected) => {
  expect(edited((text) => text.replace(from, to))).toMatchObject(expected)
})

test('no instance, no state', () => expect(parseDump('------< Global definitions >------\n')).toEqual([]))

test('skew and takeover times', () => {
  const [backup] = parseDump(fixture('dump-2.3.3-backup.txt'))
  expect(backup && [skewMs(backup), downMs(backup)]).toEqual([61, 361])
  expect(backup && skewMs({ ...backup, version: 2 })).toBe(609)
})
