import { expect, test } from 'vitest'
import { establishedAt, peersOf, portsOf } from '../../../../src/daemons/linux/served.ts'

test('the ports that a daemon serves; what listens on lo alone serves nobody else', () => {
  const answer = [
    'LISTEN 0 511 0.0.0.0:80 0.0.0.0:* users:(("haproxy",pid=90,fd=7))',
    'LISTEN 0 511 [::]:443 [::]:* users:(("nginx",pid=2,fd=6),("haproxy",pid=90,fd=8))',
    'LISTEN 0 511 127.0.0.1:8404 0.0.0.0:* users:(("haproxy",pid=90,fd=9))',
    'LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=50,fd=3))',
  ].join('\n')
  expect(portsOf(['haproxy'], answer)).toEqual([80, 443])
  expect(portsOf([], answer)).toEqual([])
})

test('who is connected to them: neither the host itself nor a load balancer that has drained it', () => {
  const answer = [
    '0 0 10.0.0.13:80 203.0.113.9:51022',
    '0 0 [::ffff:10.0.0.13]:80 [::ffff:10.0.0.11]:40110',
    '0 0 127.0.0.1:80 127.0.0.1:40112',
    '0 0 [2001:db8::13]:80 [2001:db8::9]:40114',
  ].join('\n')
  expect(peersOf(answer, ['10.0.0.11'])).toEqual([
    { address: '203.0.113.9', port: '51022', at: '10.0.0.13:80' },
    { address: '2001:db8::9', port: '40114', at: '[2001:db8::13]:80' },
  ])
  expect(establishedAt([80, 443]).join(' ')).toBe('ss -HOtn state established ( sport = :80 or sport = :443 )')
})
