import { expect, test } from 'vitest'
import { connectionsAt, peersIn } from '../../../../src/daemons/linux/connections.ts'
import { endKeepingOpen, keepOpenCommands } from '../../../../src/daemons/linux/hand-off-scripts.ts'
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
