import { expect, test } from 'vitest'
import { parseFleet } from '../../../../src/fleet/load.ts'
import { evacuate, type EvacuateOptions } from '../../../../src/operations/evacuate.ts'

const fleet = parseFleet(
  `hosts: { lb1: { address: 10.0.0.11 }, lb2: { address: 10.0.0.12 }, web1: { address: 10.0.0.13 }, web2: { address: 10.0.0.14 } }
haproxy: { edge: { hosts: [lb1, lb2] } }
nginx: { web: { hosts: [web1, web2] } }
pools: { web: { balancer: haproxy/edge, servers: { web1: 10.0.0.13:80, web2: 10.0.0.14:80 } } }
`,
  'zdt.yaml',
)

test.each([
  ['a load balancer without a VIP: its group stays', 'lb1', ['lb1 host', 'lb2 host']],
  ['one that a pool has: that pool keeps enough', 'web1', ['lb1 host pool-web', 'lb2 host pool-web', 'web1 host']],
])('%s', (_what, host, wanted) => {
  const claims = evacuate.claims(fleet, { host } as EvacuateOptions)
  expect(claims.map((one) => [one.host, ...one.scopes].join(' ')).toSorted()).toEqual(wanted)
})
