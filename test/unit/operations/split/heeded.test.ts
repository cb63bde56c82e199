import { expect, test } from 'vitest'
import { parseFleet } from '../../../../src/fleet/load.ts'
import type { Hosts } from '../../../../src/hosts/host.ts'
import type { RunId } from '../../../../src/lib/types.ts'
import { withSplitsHeeded } from '../../../../src/operations/split/heeded.ts'

const fleet = parseFleet(
  `hosts: { lb1: { address: 10.0.0.1 } }
haproxy: { edge: { hosts: [lb1] } }
pools:
  shop: { balancer: haproxy/edge, servers: { app1: 10.0.0.21:80, app2: 10.0.0.22:80 }, min_available: 2 }
  next: { balancer: haproxy/edge, servers: { app3: 10.0.0.23:80 }, min_available: 0 }
  other: { balancer: haproxy/edge, servers: { app4: 10.0.0.24:80 }, min_available: 0 }
splits: { ab: { a: shop, b: next } }
`,
  'zdt.yaml',
)

test('where a split cannot be looked at, it may send anybody to either pool', async () => {
  const hosts = { on: () => Promise.reject(new Error('away')) } as unknown as Hosts
  const { fleet: heeded } = await withSplitsHeeded({ fleet, hosts, id: 'AAAAAA' as RunId })
  const least = [...heeded.pools.values()].map(({ name, minAvailable }) => [name, minAvailable])
  expect(least).toEqual([
    ['shop', 2],
    ['next', 1],
    ['other', 0],
  ])
})
