import { expect, test } from 'vitest'
import { parseFleet } from '../../../src/fleet/load.ts'
import { parseRuleKey } from '../../../src/fleet/split-key.ts'
import { problemsOf } from './problems-of.ts'

const fleet = (splits: string) => `hosts: { lb1: { address: 10.0.0.1 } }
haproxy: { edge: { hosts: [lb1] }, other: { hosts: [lb1], config: /etc/haproxy/other.cfg } }
pools:
  shop: { balancer: haproxy/edge, servers: { app1: 10.0.0.21:80 } }
  next: { balancer: haproxy/edge, servers: { app2: 10.0.0.22:80 } }
  mail: { balancer: haproxy/edge, servers: { app1: 10.0.0.21:25 }, vars: { mode: tcp } }
  far: { balancer: haproxy/other, servers: { app1: 10.0.0.21:81 } }
splits: ${splits}
`

test('two pools, and what decides between them', () => {
  const said = '{ shop: { a: shop, b: next, header: X-Shop, cookie: shop, share_by: { header: X-User } } }'
  expect(parseFleet(fleet(said), 'zdt.yaml').splits.get('shop')).toEqual({
    name: 'shop',
    a: 'shop',
    b: 'next',
    header: 'x-shop',
    cookie: 'shop',
    shareBy: { header: 'x-user' },
  })
  expect(parseFleet(fleet('{ s: { a: shop, b: next } }'), 'zdt.yaml').splits.get('s')).toEqual({
    name: 's',
    a: 'shop',
    b: 'next',
    shareBy: {},
  })
})

test.each([
  ['{ s: { a: shop, b: nxt } }', 'there is no pool nxt, expected next'],
  ['{ s: { a: shop, b: shop } }', 'shop is in the split s already, expected a pool of its own'],
  ['{ s: { a: shop, b: next }, t: { a: next, b: shop } }', 'next is in the split s already'],
  ['{ s: { a: shop, b: mail } }', 'mail is a pool of mode tcp, expected one that speaks HTTP'],
  ['{ s: { a: shop, b: far } }', 'far is behind haproxy/other, expected haproxy/edge, as shop'],
  ['{ a-b: { a: shop, b: next } }', 'is no name of a split, expected letters, digits and _'],
  ['{ s: { a: shop, b: next, cookie: a-b } }', 'expected the name of a cookie: letters, digits and _'],
  ['{ s: { a: shop, b: next, share_by: {} } }', 'has none of cookie, header, expected one of them'],
  ['{ s: { a: shop } }', 'splits.s.b: is missing'],
])('%s is refused', (splits, why) => {
  expect(problemsOf(fleet(splits)).join('\n')).toContain(why)
})

test.each([
  ['header=Beta', { by: 'header', key: 'beta' }],
  ['cookie=a:b/c=d', { by: 'cookie', key: 'a:b/c=d' }],
  ['source=10.1.2.3', { by: 'source', key: '10.1.2.3/32' }],
  ['source=10.1.2.3/12', { by: 'source', key: '10.0.0.0/12' }],
  ['source=255.255.255.255/0', { by: 'source', key: '0.0.0.0/0' }],
  ['source=2001:DB8:0:1::7/48', { by: 'source', key: '2001:db8::/48' }],
  ['source=::1', { by: 'source', key: '::1/128' }],
  ['source=2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/49', { by: 'source', key: '2001:db8:ffff:8000::/49' }],
])('%s', (text, rule) => {
  expect(parseRuleKey(text)).toEqual(rule)
})

test.each([
  'beta',
  'heder=x',
  'header=',
  'header=a b',
  'header=a;b',
  'header="x"',
  'source=10.1.0.0/33',
  'source=shop',
  'source=',
])('%s is no rule', (text) => {
  expect(parseRuleKey(text)).toHaveProperty('mistake')
})
