import { expect, test } from 'vitest'
import { parseFleet } from '../../../src/fleet/load.ts'

const fleet = (rollout: string) => `hosts:
  lb1: { address: 10.0.0.1 }
  app1: { address: 10.0.0.21 }
haproxy: { edge: { hosts: [lb1] } }
pools:
  shop:
    balancer: haproxy/edge
    servers: { app1: 10.0.0.21:8080 }
    rollout: ${rollout}
`
const read = (rollout: string) => parseFleet(fleet(rollout), 'zdt.yaml').pools.get('shop')?.rollout

test('the least that a rollout needs, and what it is by default', () => {
  expect(read("{ deploy: [release, '{version}'], version: { path: /version } }")).toEqual({
    deploy: ['release', '{version}'],
    version: { path: '/version' },
    health: { tcp: true },
    batch: [{ count: 1 }],
    settle: 5000,
    slowStart: 0,
    minHealthy: 10_000,
    maxErrors: 0.01,
    maxFailures: 0,
    maxSlower: 250,
    gates: [],
    timeout: 300_000,
    strategy: 'rolling',
    canary: { servers: { count: 1 }, shares: [0.01, 0.05, 0.25], samples: 100, approve: false },
    blueGreen: { colours: new Map(), keepOld: 60_000, shares: [] },
  })
})

test('all that can be said', () => {
  const said = `
      deploy: [release, '{version}']
      back: [release, --back, '{version}']
      rehearse: { paths: [/, /login] }
      version: { path: /, header: X-Version }
      health: { path: /healthz, status: 204, body: ok }
      batch: 1,30%,100%
      settle: 1m
      slow_start: 30s
      min_healthy: 2m
      max_errors: 0.5%
      max_slower: 1s
      strategy: canary
      canary: { servers: 10%, shares: '2%, 50%', samples: 1000, approve: true }
      blue_green: { colours: { blue: [app1], green: [app2] }, keep_old: 10m }
      gates:
        - { name: shop, url: 'https://shop.example/{version}', body: ok }
        - { name: smoke, command: [./smoke, '{version}'], timeout: 1m }
        - { name: errors, promql: 'sum(errors{server=~"{servers}"})', at: 'http://prom:9090/', max: 0.5 }
      timeout: 10m`
  expect(read(said)).toMatchObject({
    back: ['release', '--back', '{version}'],
    rehearse: { paths: ['/', '/login'], requests: 500 },
    version: { path: '/', header: 'X-Version' },
    health: { path: '/healthz', status: 204, body: 'ok' },
    batch: [{ count: 1 }, { percent: 30 }, { percent: 100 }],
    settle: 60_000,
    slowStart: 30_000,
    gates: [
      { name: 'shop', timeout: 10_000, url: 'https://shop.example/{version}', status: 200, body: 'ok' },
      { name: 'smoke', timeout: 60_000, command: ['./smoke', '{version}'] },
      { name: 'errors', timeout: 10_000, promql: 'sum(errors{server=~"{servers}"})', at: 'http://prom:9090', max: 0.5 },
    ],
    maxErrors: 0.005,
    maxSlower: 1000,
    strategy: 'canary',
    canary: { servers: { percent: 10 }, shares: [0.02, 0.5], samples: 1000, approve: true },
    blueGreen: {
      colours: new Map([
        ['blue', ['app1']],
        ['green', ['app2']],
      ]),
      keepOld: 600_000,
    },
  })
})

test.each([
  ['{ version: { path: /v } }', /rollout\.deploy: is missing/],
  ['{ deploy: [], version: { path: /v } }', /rollout\.deploy: is empty/],
  ['{ deploy: [x], version: { path: /v, command: [x] } }', /rollout\.version: has path and command/],
  ['{ deploy: [x], version: { path: v } }', /version\.path: "v" is no path/],
  ['{ deploy: [x], version: { path: "/v x" } }', /version\.path: "\/v x" is no path/],
  ['{ deploy: [x], version: { path: /v }, health: {} }', /rollout\.health: has none of path, tcp, command/],
  ['{ deploy: [x], version: { path: /v }, gates: [{ name: a }] }', /gates\[0\]: has none of url, command, promql/],
  [
    '{ deploy: [x], version: { path: /v }, gates: [{ name: a, promql: up, max: 1 }] }',
    /gates\[0\]: has promql, expected at too/,
  ],
  [
    "{ deploy: [x], version: { path: /v }, gates: [{ name: a, promql: up, at: 'http://p' }] }",
    /gates\[0\]: has promql, expected max or min too/,
  ],
  ['{ deploy: [x], version: { path: /v }, batch: two }', /rollout\.batch: "two" is no list of batches/],
  ['{ deploy: [x], version: { path: /v }, max_errors: 101% }', /max_errors: "101%" is no share/],
  [
    '{ deploy: [x], version: { path: /v }, strategy: green }',
    /rollout\.strategy: is "green", expected rolling or canary or blue-green/,
  ],
  [
    '{ deploy: [x], version: { path: /v }, canary: { shares: "5%, 1%" } }',
    /canary\.shares: "5%, 1%" is no list of rising/,
  ],
  [
    '{ deploy: [x], version: { path: /v }, canary: { servers: "1,2" } }',
    /canary\.servers: "1,2" is no number or share/,
  ],
  [
    '{ deploy: [x], version: { path: /v }, blue_green: { colours: { blue: [] } } }',
    /colours\.blue: is empty, expected a list/,
  ],
  ['{ deploy: [x], version: { path: /v }, settle: soon }', /rollout\.settle: "soon" is no duration/],
  ['{ deploy: [x], version: { path: /v }, settle: 60d }', /rollout\.settle: "60d" is longer than 7d/],
])('%s', (rollout, mistake) => {
  expect(() => read(rollout)).toThrow(mistake)
})
