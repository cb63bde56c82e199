import { expect, test } from 'vitest'
import { configurationsOf } from '../../../src/fleet/configurations.ts'
import { parseFleet } from '../../../src/fleet/load.ts'

const fleet = parseFleet(
  `hosts:
  lb1: { address: 10.0.0.1 }
  lb2: { address: 10.0.0.2 }
  web1: { address: 10.0.0.3 }
haproxy:
  edge: { hosts: [lb1, lb2] }
nginx:
  web: { hosts: [web1] }
keepalived:
  public: { address: 10.0.0.8/24, hosts: [lb1, lb2] }
  inner: { address: 10.0.0.9/24, hosts: [lb2, lb1] }
`,
  'zdt.yaml',
)
const named = (...names: string[]) =>
  configurationsOf(fleet, names).map(
    ({ daemon, host, groups }) => `${host} ${daemon}/${groups.map(({ name }) => name).join('+')}`,
  )

test('all of them, and one Keepalived with all VIPs of its host', () => {
  expect(named()).toEqual([
    'lb1 haproxy/edge',
    'lb2 haproxy/edge',
    'web1 nginx/web',
    'lb1 keepalived/public+inner',
    'lb2 keepalived/public+inner',
  ])
})

test.each([
  [['lb1'], ['lb1 haproxy/edge', 'lb1 keepalived/public+inner']],
  [['haproxy'], ['lb1 haproxy/edge', 'lb2 haproxy/edge']],
  [
    ['nginx/web', 'haproxy/edge'],
    ['lb1 haproxy/edge', 'lb2 haproxy/edge', 'web1 nginx/web'],
  ],
  [['lb2', 'keepalived/inner'], ['lb2 keepalived/public+inner']],
  [['web1', 'haproxy'], []],
])('%s', (names, expected) => expect(named(...names)).toEqual(expected))

test('a name that is neither, with the nearest', () => {
  expect(() => named('haproxi')).toThrow('no host or service "haproxi" in zdt.yaml')
})
