import { expect, test } from 'vitest'
import { sendsTo } from '../../../../../src/daemons/haproxy/config/sends-to.ts'

const shop = (...servers: readonly string[]) =>
  ['backend shop', ...servers.map((line) => `    server ${line}`), ''].join('\n')
const app1 = { server: 'app1', endpoint: { address: '10.0.0.21', port: 80 } }

test.each([
  ['disabled', shop('app1 10.0.0.21:80', 'app2 10.0.0.22:80 disabled'), [app1]],
  ['of weight 0', shop('app1 10.0.0.21:80', 'app2 10.0.0.22:80 weight 0'), [app1]],
  ['by a name', shop('app1 app1.local:80'), [{ server: 'app1' }]],
  ['none', shop(), []],
])('whom a backend sends to: %s', (_what, text, servers) => {
  expect(sendsTo(text).get('shop')).toEqual(servers)
})

test('who is somewhere else than before', () => {
  const moved = sendsTo(shop('app1 10.0.0.21:80', 'app2 10.0.0.32:80'), shop('app1 10.0.0.21:80', 'app2 10.0.0.22:80'))
  expect(moved.get('shop')).toEqual([
    app1,
    { server: 'app2', endpoint: { address: '10.0.0.32', port: 80 }, moved: true },
  ])
})
