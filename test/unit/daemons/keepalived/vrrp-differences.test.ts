import { expect, test } from 'vitest'
import { vrrpDifferences } from '../../../../src/daemons/keepalived/vrrp-differences.ts'

const conf = (vips: readonly string[], more = '') => `global_defs {
    vrrp_version 3
}
vrrp_instance public {
    virtual_router_id 51
    ${more}
    virtual_ipaddress {
        ${vips.join('\n        ')}
    }
}
`
const node = (host: string, text: string) => ({ host, text })

test('the same VIPs in another order are the same', () =>
  expect(
    vrrpDifferences(
      node('lb1', conf(['10.0.0.1/24', '10.0.0.2/24'])),
      node('lb2', conf(['10.0.0.2/24', '10.0.0.1/24'])),
    ),
  ).toEqual([]))

test('case 7: VIP lists that differ make two masters', () =>
  expect(vrrpDifferences(node('lb1', conf(['10.0.0.1', '10.0.0.2'])), node('lb2', conf(['10.0.0.1'])))).toEqual([
    'public (router id 51): addresses: lb1 has 10.0.0.1, 10.0.0.2, lb2 has 10.0.0.1',
  ]))

test('other reasons for which adverts are not taken; passwords are not told', () => {
  const other = conf(
    ['10.0.0.1'],
    'version 2\n unicast_peer { 10.0.0.9 }\n authentication { auth_type PASS\n auth_pass sesame }',
  )
  const said = vrrpDifferences(node('lb1', conf(['10.0.0.1'])), node('lb2', other))
  expect(said).toEqual([
    'public (router id 51): version: lb1 has 3, lb2 has 2',
    'public (router id 51): adverts: lb1 has multicast, lb2 has unicast',
    'public (router id 51): authentication: lb1 has none, lb2 has PASS',
  ])
})

test('an instance that only one node has', () =>
  expect(vrrpDifferences(node('lb1', conf(['10.0.0.1'])), node('lb2', ''))).toEqual([
    'lb1 has public (router id 51), lb2 has none of that id',
  ]))
