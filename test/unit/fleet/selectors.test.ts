import { expect, test } from 'vitest'
import { parseFleet } from '../../../src/fleet/load.ts'
import { hostNamed, hostsNamed, poolNamed, placesOf, poolsServing } from '../../../src/fleet/selectors.ts'

const fleet = parseFleet(
  `hosts:
  lb1: { address: 10.0.0.11 }
  lb2: { address: 10.0.0.12 }
  web1: { address: web1.mgmt, other_addresses: [10.0.0.13] }
  web2: { address: 10.0.0.14 }
haproxy:
  edge: { hosts: [lb1, lb2] }
  inner: { hosts: [lb2], socket: /run/inner.sock, unit: haproxy@inner, config: /etc/haproxy/inner.cfg }
nginx:
  web: { hosts: [web1] }
pools:
  shop: { balancer: haproxy/edge, servers: { app1: 10.0.0.21:80, app2: 10.0.0.22:80, app3: 10.0.0.23:80, one: 10.0.0.31:80 } }
  admin: { balancer: haproxy/inner, backend: back, servers: { app2: 10.0.0.22:81, app3: 10.0.0.33:81 } }
  web: { balancer: haproxy/edge, servers: { web1: 10.0.0.13:80 } }
  mixed: { balancer: nginx/web, servers: { one: 10.0.0.31:82, alone: 10.0.0.32:82, web2: 10.0.0.14:80 } }
`,
  'zdt.yaml',
)

const said = (ask: () => unknown) => {
  try {
    return ask()
  } catch (error) {
    return error
  }
}
const places = (selector: string) =>
  placesOf(fleet, selector).seats.map((seat) => `${seat.host} ${seat.backend}/${seat.server}`)

test('a server has a seat on every load balancer of its pool', () =>
  expect(places('app1')).toEqual(['lb1 shop/app1', 'lb2 shop/app1']))

test('a server at one address in two pools is one server', () =>
  expect(places('app2')).toEqual(['lb1 shop/app2', 'lb2 shop/app2', 'lb2 back/app2']))

test('a pool before the name means that pool alone', () => expect(places('admin/app2')).toEqual(['lb2 back/app2']))

test('a seat is all that a step needs', () =>
  expect(placesOf(fleet, 'admin/app2').seats).toEqual([
    {
      host: 'lb2',
      socket: '/run/inner.sock',
      masterSocket: '/run/haproxy-master.sock',
      pool: 'admin',
      backend: 'back',
      server: 'app2',
      address: '10.0.0.22',
      port: 81,
    },
  ]))

test('one name for two machines is refused, naming both', () =>
  expect(said(() => placesOf(fleet, 'app3'))).toMatchObject({
    message: 'app3 is a different machine in each of 2 pools',
    code: 'ambiguous-server',
    exit: 'usage',
    suggestions: ['say shop/app3 for the one at 10.0.0.23', 'say admin/app3 for the one at 10.0.0.33'],
  }))

test('an unknown server, with the nearest and all of them', () =>
  expect(said(() => placesOf(fleet, 'ap2'))).toMatchObject({
    message: 'no server "ap2" in zdt.yaml',
    code: 'unknown-name',
    exit: 'usage',
    suggestions: ['did you mean app2 or app1 or app3?', 'zdt.yaml has alone, app1, app2, app3, one, web1, web2'],
  }))

test('an unknown server of a pool, and an unknown pool', () => {
  expect(said(() => placesOf(fleet, 'admin/app1'))).toMatchObject({
    message: 'no server "app1" in pool admin',
    suggestions: ['did you mean app2 or app3?', 'pool admin has app2, app3'],
  })
  expect(said(() => placesOf(fleet, 'shoop/app1'))).toMatchObject({ message: 'no pool "shoop" in zdt.yaml' })
})

test('a server behind nginx has a line in the file of its upstream, on every nginx', () => {
  const { seats, upstreams } = placesOf(fleet, 'one')
  expect(seats.map(({ host, backend }) => `${host} ${backend}`)).toEqual(['lb1 shop', 'lb2 shop'])
  expect(upstreams).toEqual([
    {
      host: 'web1',
      pool: 'mixed',
      upstream: 'mixed',
      file: '/etc/nginx/upstreams/mixed.conf',
      server: 'one',
      address: '10.0.0.31',
      port: 82,
    },
  ])
  expect(placesOf(fleet, 'alone')).toMatchObject({ seats: [], upstreams: [{ server: 'alone' }] })
  expect(placesOf(fleet, 'shop/one').upstreams).toEqual([])
})

test('a host is found as a server by any of its addresses', () => {
  expect(poolsServing(fleet, 'web1').map((seat) => `${seat.host} ${seat.backend}/${seat.server}`)).toEqual([
    'lb1 web/web1',
    'lb2 web/web1',
  ])
  expect(poolsServing(fleet, 'lb1')).toEqual([])
  expect(said(() => poolsServing(fleet, 'web2'))).toMatchObject({
    message: 'web2 is mixed/web2, which nginx balances: this takes hosts out of HAProxy alone',
    code: 'nginx-balancer-unsupported',
  })
})

test('hosts and pools by name', () => {
  expect(hostNamed(fleet, 'lb1').address).toBe('10.0.0.11')
  expect(poolNamed(fleet, 'admin').backend).toBe('back')
  expect(said(() => hostNamed(fleet, 'lb3'))).toMatchObject({
    message: 'no host "lb3" in zdt.yaml',
    suggestions: ['did you mean lb1 or lb2?', 'zdt.yaml has lb1, lb2, web1, web2'],
  })
  expect(said(() => poolNamed(fleet, 'constructor'))).toMatchObject({ code: 'unknown-name' })
})

test('hosts by a list of names, in its order and each once; a name of a group stands for its hosts', () => {
  expect(hostsNamed(fleet, ['web2', 'web', 'web2'], fleet.nginx)).toEqual(['web2', 'web1'])
  expect(said(() => hostsNamed(fleet, ['web1', 'wbe2'], fleet.nginx))).toMatchObject({ exit: 'usage' })
})
