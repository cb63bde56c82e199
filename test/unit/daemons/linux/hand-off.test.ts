import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { connectionsAt, peersIn } from '../../../../src/daemons/linux/connections.ts'
import { endKeepingOpen, keepOpenCommands, learnAnew, ownIn } from '../../../../src/daemons/linux/hand-off-scripts.ts'
import { portsFor } from '../../../../src/daemons/linux/listeners.ts'
import { onLink, parseInterfaces } from '../../../../src/daemons/linux/interfaces.ts'
import { passOnRule, passOnTable } from '../../../../src/daemons/linux/pass-on-table.ts'

const own = '5a:96:76:7b:a2:1b'
const peer = '9e:64:fd:ab:1c:4b'

test('the table: only TCP for the VIP, new connections and known ones stay, the peer’s own are never sent back', () => {
  expect(passOnTable({ address: '10.0.0.100', device: 'eth0', peer })).toBe(`table netdev zdt_vip_10_0_0_100 {
  set mine { type ipv4_addr . inet_service; flags dynamic; size 1048576; }
  chain unknown { }
  chain arriving {
    type filter hook ingress device "eth0" priority -500; policy accept;
    meta protocol != ip accept
    ip daddr != 10.0.0.100 accept
    ip protocol != tcp accept
    ether saddr ${peer} accept
    tcp flags & (syn | ack) == syn add @mine { ip saddr . tcp sport } accept
    ip saddr . tcp sport @mine accept
    jump unknown
  }
}
`)
  expect(passOnRule({ address: '2001:db8::64', device: 'eth0', mac: own, peer })).toBe(
    `add rule netdev zdt_vip_2001_db8__64 unknown ether saddr set ${own} ether daddr set ${peer} counter fwd to "eth0"`,
  )
})

test('the VIP on lo, and away again', () => {
  const four = { address: '10.0.0.100', device: 'bond0.10', seconds: 660, arpIgnore: 0, arpAnnounce: 1 }
  expect(keepOpenCommands(four)).toEqual([
    'sysctl -qw net/ipv4/conf/bond0.10/arp_ignore=1 net/ipv4/conf/bond0.10/arp_announce=2',
    'ip address replace 10.0.0.100/32 dev lo',
  ])
  expect(endKeepingOpen(four)).toContain('arp_ignore=0 net/ipv4/conf/bond0.10/arp_announce=1')
  expect(keepOpenCommands({ ...four, address: '2001:db8::64' })).toEqual([
    'ip -6 address replace 2001:db8::64/128 dev lo nodad preferred_lft 0',
  ])
})

test('who is connected: mapped IPv4 reads as IPv4', () => {
  expect(connectionsAt('10.0.0.100').join(' ')).toBe('ss -HOtn state connected exclude time-wait src 10.0.0.100')
  // Without brackets `ss` takes what comes after the last colon for a port.
  expect(connectionsAt('2001:db8::64').at(-1)).toBe('[2001:db8::64]')
  const said = `ESTAB     0  0   10.0.0.100:80            10.0.0.1:48036
FIN-WAIT-2 0  0  [::ffff:10.0.0.100]:80  [::ffff:10.0.0.2]:5000
ESTAB     0  0   [2001:db8::64]:443  [2001:db8::9]:6000
`
  expect(peersIn(said)).toEqual(['10.0.0.1:48036', '10.0.0.2:5000', '[2001:db8::9]:6000'])
})

test('what the peer knows to be its own, as nft lists it', () => {
  expect(ownIn('table netdev t {\n\tset mine {\n\t\ttype ipv4_addr . inet_service\n\t\tsize 9\n\t}\n}\n')).toBe('')
  expect(ownIn('elements = { 10.0.0.1 . 34304,\n\t\t\t     10.0.0.2 . 22 }')).toBe('10.0.0.1 . 34304\n10.0.0.2 . 22\n')
  expect(ownIn('elements = { 2001:db8::9 . 443 }')).toBe('2001:db8::9 . 443\n')
})

test('a host learns anew: those connected here, but for what the peer knows to be its own', async () => {
  const stand = await mkdtemp(join(tmpdir(), 'zdt-learn-'))
  const fake = async (name: string, script: string) =>
    writeFile(join(stand, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const learns = async (theirs: string) => {
    const { stdout } = await execa({
      input: theirs,
      env: { PATH: `${stand}:${process.env['PATH'] ?? ''}` },
    })`sh -c ${learnAnew('10.0.0.100')}`
    return stdout
  }
  await fake('nft', '[ "$1" = list ] || cat')
  await fake('ip', 'echo "1: lo    inet 10.0.0.100/32 scope global lo"')
  await fake('ss', 'for port in 5000 6000; do echo "ESTAB 0 0 10.0.0.100:80 10.0.0.1:$port"; done')
  const own = (port: number) => `add element netdev zdt_vip_10_0_0_100 mine { 10.0.0.1 . ${port} }`
  const flush = 'flush set netdev zdt_vip_10_0_0_100 mine'
  expect(await learns('')).toBe([flush, own(5000), own(6000)].join('\n'))
  expect(await learns('10.0.0.1 . 5000\n10.0.0.1 . 7000\n')).toBe([flush, own(6000)].join('\n'))
  // Who holds the VIP learns of everybody who connects.
  await fake('ip', 'echo "2: eth0    inet 10.0.0.100/16 scope global eth0"')
  expect(await learns('')).toBe('')
  await fake('ip', 'exit 0')
  await fake('nft', 'exit 1')
  expect(await learns('')).toBe('')
})

test('the ports at which a VIP would be answered', () => {
  const said = `LISTEN 0 128 10.0.0.100:80 0.0.0.0:*
LISTEN 0 128 10.0.0.11:8404 0.0.0.0:*
LISTEN 0 128 0.0.0.0:22 0.0.0.0:*
LISTEN 0 128 [::]:22 [::]:*
LISTEN 0 128 *:443 *:*
LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:*
`
  expect(portsFor('10.0.0.100', said)).toEqual([22, 80, 443])
  expect(portsFor('2001:db8::64', said)).toEqual([22, 443])
})

test('a host is on the segment where no router is between', () => {
  expect(onLink('[{"dst":"10.0.0.100","dev":"eth0","prefsrc":"10.0.0.13"}]')).toBe('eth0')
  expect(onLink('[{"dst":"10.0.0.100","gateway":"10.1.0.1","dev":"eth0"}]')).toBeNull()
  expect(onLink('[{"type":"local","dst":"10.0.0.100","dev":"lo"}]')).toBeNull()
  expect(onLink('RTNETLINK answers: Network is unreachable')).toBeNull()
})

test('interfaces: Ethernet alone', () => {
  const said = JSON.stringify([
    { ifname: 'lo', link_type: 'loopback', address: '00:00:00:00:00:00', addr_info: [] },
    { ifname: 'eth0', link_type: 'ether', address: own, addr_info: [{ local: '10.0.0.12', prefixlen: 24 }] },
  ])
  expect(parseInterfaces(said)).toEqual([{ name: 'eth0', mac: own, addresses: [{ address: '10.0.0.12', prefix: 24 }] }])
})
