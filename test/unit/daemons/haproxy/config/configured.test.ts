import { describe, expect, test } from 'vitest'
import { configuredServers, endpointOf } from '../../../../../src/daemons/haproxy/config/configured.ts'
import { written } from '../../../../../src/daemons/haproxy/config/keywords.ts'
import { fixture } from '../fixture.ts'

const servers = (text: string) => new Map(configuredServers(text).map((one) => [`${one.backend}/${one.server}`, one]))

describe('configured servers', () => {
  test('of a real file, in its order', () => {
    const found = servers(fixture('kept.cfg'))
    expect([...found.keys()].slice(0, 3)).toEqual(['shop/app1', 'shop/app2', 'shop/app3'])
    expect(found.get('shop/app3')).toMatchObject({
      endpoint: { address: '10.77.0.23', port: 8080 },
      weight: 100,
      disabled: false,
      ssl: false,
    })
    expect(written(found.get('shop/app3')?.keywords ?? [])).toEqual(
      'inter 500ms rise 2 fall 2 check weight 100 agent-check agent-port 9999'.split(' '),
    )
  })

  test('default-server holds for the lines below it, and what a line says itself wins', () => {
    const found = servers(`
defaults base
  default-server check weight 10 disabled
defaults other from base
  default-server inter 3s
backend shop from base
  server a 10.0.0.1:80
  default-server weight 20 enabled
  server b 10.0.0.2:80 no-check weight 5
backend web
  server c 10.0.0.3:80
`)
    expect(found.get('shop/a')).toMatchObject({ weight: 10, disabled: true })
    expect(found.get('shop/b')).toMatchObject({ weight: 5, disabled: false })
    expect(written(found.get('shop/b')?.keywords ?? [])).toEqual(['weight', '5'])
    expect(written(found.get('web/c')?.keywords ?? [])).toEqual(['check', 'weight', '10', 'disabled', 'inter', '3s'])
  })

  test('a value is never taken for a keyword', () => {
    expect(servers('backend b\n server s 10.0.0.1:80 cookie disabled weight 7').get('b/s')).toMatchObject({
      disabled: false,
      weight: 7,
    })
  })

  test('a template makes as many as it says; a variable says nothing', () => {
    const found = servers('backend b\n server-template app 2-3 10.0.0.1:80 weight "${W}"\n server-template x 1 y:80')
    expect([...found.keys()]).toEqual(['b/app2', 'b/app3', 'b/x1'])
    expect(found.get('b/app2')).toMatchObject({ weight: undefined, template: true })
  })
})

test.each([
  ['10.0.0.1:80', { address: '10.0.0.1', port: 80 }],
  ['[2001:db8::1]:80', { address: '2001:db8::1', port: 80 }],
  ['2001:db8::1:80', { address: '2001:db8::1', port: 80 }],
  ['ipv4@10.0.0.1:80', { address: '10.0.0.1', port: 80 }],
  ['10.0.0.1', undefined],
  ['10.0.0.1:+100', undefined],
  ['app.example.org:80', undefined],
  ['/run/app.sock', undefined],
  ['"${APP}:80"', undefined],
])('%s', (where, endpoint) => {
  expect(endpointOf(where)).toEqual(endpoint)
})
