import { expect, test } from 'vitest'
import { listening, localAddresses } from '../../../src/lab/inspect.ts'
import { upstream } from '../../../src/lab/base/binaries.ts'

test('a port is listened on when its row says so, and not when a connection is open to it', () => {
  const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 93786 1
   1: 0B004D0A:1F90 0C004D0A:A0B2 01 00000000:00000000 00:00000000 00000000     0        0 93787 1
`
  expect([...listening(tcp)]).toEqual([22])
})

test('an IPv6 socket listens too', () => {
  const tcp6 = `   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000\n`
  expect([...listening(tcp6)]).toEqual([80])
})

test("a host's own addresses are told from broadcasts and networks", () => {
  const trie = `Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.77.0.0
        /16 link UNICAST
     |-- 10.77.0.100
        /32 host LOCAL
     |-- 10.77.255.255
        /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
`
  expect([...localAddresses(trie)]).toEqual(['10.77.0.100', '127.0.0.1'])
})

test.each([
  ['1.22.1-9+deb12u9', '1.22.1'],
  ['2:3.0.11-1~bpo12-1', '3.0.11-1~bpo12'],
  ['3.0.11', '3.0.11'],
])("of the package's version %s, %s is the daemon's", (version, daemon) => {
  expect(upstream(version)).toBe(daemon)
})
