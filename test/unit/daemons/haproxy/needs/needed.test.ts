import { describe, expect, test } from 'vitest'
import { needOf } from '../../../../../src/daemons/haproxy/needs/change.ts'
import { neededFor } from '../../../../../src/daemons/haproxy/needs/needed.ts'
import type { RuntimeState } from '../../../../../src/daemons/haproxy/kept/runtime-state.ts'
import { recordedConfig, recordedState, worldOf } from '../kept/world.ts'
import { versions } from '../fixture.ts'

const config = `global
  maxconn 2000
  setenv REGION north
defaults
  mode http
  default-server inter 2s
frontend public
  bind :80
  default_backend shop
backend shop
  balance roundrobin
  server app1 10.0.0.1:80 check weight 100
  server app2 10.0.0.2:80 check weight 100
`
const world = worldOf({}, { name: 'app2', at: '10.0.0.2:80' })

const needed = (next: string, { running = config, state = world, version = '3.0.11' } = {}) =>
  neededFor(running, next, { state, version })

/** One line a change. */
const lines = (...args: Parameters<typeof needed>) =>
  needed(...args).map(
    ({ where, what, need, why }) => `${where}: ${what}: ${need}${why === undefined ? '' : ` (${why})`}`,
  )

const edit = (from: string | RegExp, to: string) => config.replace(from, to)
const app1 = 'server app1 10.0.0.1:80 check weight 100'
const shop = { backend: 'shop', server: 'app1' }

describe('needs nothing', () => {
  test.each([
    ['the same', config],
    ['comments and layout', `# by hand\n${edit('  maxconn 2000', '\tmaxconn   2000 # many')}\n\n`],
    ['quotes', edit('setenv REGION north', 'setenv "REGION" north')],
    ['keywords that defaults say already', edit(app1, `${app1} inter 2s`)],
  ])('%s', (_name, next) => {
    expect(needed(next)).toEqual([])
    expect(needOf(needed(next))).toBe('nothing')
  })
})

describe('can be made at run time', () => {
  test.each([
    [
      'a weight',
      edit(app1, 'server app1 10.0.0.1:80 check weight 20'),
      'weight 100 → 20',
      { change: 'weight', to: 20 },
    ],
    [
      'an address',
      edit('10.0.0.1:80', '10.0.0.9:81'),
      '10.0.0.1:80 → 10.0.0.9:81',
      { change: 'address', to: { address: '10.0.0.9', port: 81 }, admin: 'ready' },
    ],
    ['disabled', edit(app1, `${app1} disabled`), 'disabled', { change: 'disable' }],
  ])('%s', (_name, next, what, change) => {
    expect(needed(next)).toEqual([{ where: 'shop/app1', what, need: 'runtime', change: { ...shop, ...change } }])
  })

  test('no longer disabled', () => {
    expect(needed(config, { running: edit(app1, `${app1} disabled`) })).toMatchObject([
      { need: 'runtime', change: { ...shop, change: 'enable' } },
    ])
  })

  test('a new server, with all that default-server says', () => {
    expect(needed(`${config}  server app3 10.0.0.3:80 check\n`)).toEqual([
      {
        where: 'shop/app3',
        what: 'new server 10.0.0.3:80',
        need: 'runtime',
        change: { backend: 'shop', server: 'app3', change: 'add', words: ['10.0.0.3:80', 'inter', '2s', 'check'] },
      },
    ])
  })

  test('a server removed, with the words that make it again', () => {
    expect(needed(edit(/.*app2.*\n/, ''))).toMatchObject([
      {
        where: 'shop/app2',
        what: 'server removed',
        change: { server: 'app2', change: 'remove', words: '10.0.0.2:80 inter 2s check weight 100'.split(' ') },
      },
    ])
  })

  test('several, in several backends, each by itself', () => {
    const all = needed(`${edit(/weight 100/g, 'weight 50')}  server app3 10.0.0.3:80\n`)
    expect(all.map(({ where }) => where)).toEqual(['shop/app1', 'shop/app2', 'shop/app3'])
    expect(needOf(all)).toBe('runtime')
  })
})

describe('needs a reload', () => {
  const fixedAlgorithm = edit('balance roundrobin', 'balance static-rr')
  const hash = edit('balance roundrobin', 'balance source\n  hash-type consistent')
  test.each<readonly [string, string, string]>([
    ['another global line', edit('2000', '3000'), 'global: maxconn 2000 → maxconn 3000: reload'],
    ['a new backend', `${config}backend api\n  server x 10.0.0.7:80\n`, 'backend api: new: reload'],
    ['a section less', edit(/frontend[^]*(?=backend)/, ''), 'frontend public: removed: reload'],
    [
      'a backend’s own line',
      edit('balance roundrobin', 'balance leastconn'),
      'backend shop: balance roundrobin → balance leastconn: reload',
    ],
    ['a defaults line', edit('mode http', 'mode tcp'), 'defaults: mode http → mode tcp: reload'],
    [
      'sections in another order',
      `${config.slice(config.indexOf('backend'))}${config.slice(0, config.indexOf('backend'))}`,
      'haproxy.cfg: sections in another order: reload (defaults hold for those below them)',
    ],
    [
      'a keyword of a server',
      edit(app1, `${app1} send-proxy`),
      'shop/app1: + send-proxy: reload (these keywords are read at start only)',
    ],
    [
      'a name for an address',
      edit('10.0.0.1:80', 'app1.example.org:80'),
      'shop/app1: 10.0.0.1:80 → app1.example.org:80: reload (an address that is no number is read at start only)',
    ],
    [
      'a name of a new server',
      `${config}  server app3 app3.example.org:80\n`,
      'shop/app3: new server app3.example.org:80: reload (its address is not an address and one port)',
    ],
    [
      'a keyword that add server does not take',
      `${config}  server app3 10.0.0.3:80 redir http://a\n`,
      'shop/app3: new server 10.0.0.3:80: reload ("add server" of HAProxy 3.0.11 does not take redir)',
    ],
    [
      'servers in another order',
      edit(/( +server app1.*\n)( +server app2.*\n)/, '$2$1'),
      'backend shop: servers in another order: reload (their order is read at start only)',
    ],
    [
      'a new server that is disabled',
      `${config}  server app3 10.0.0.3:80 disabled\n`,
      'shop/app3: new server 10.0.0.3:80: reload (it begins disabled)',
    ],
  ])('%s', (_name, next, line) => {
    expect(lines(next)).toEqual([line])
  })

  test('where the algorithm is static', () => {
    expect(
      lines(fixedAlgorithm.replace(app1, 'server app1 10.0.0.1:80 check weight 20'), { running: fixedAlgorithm }),
    ).toEqual(['shop/app1: weight 100 → 20: reload (the algorithm is static)'])
    expect(lines(fixedAlgorithm.replace(/.*app2.*\n/, ''), { running: fixedAlgorithm })).toEqual([
      'shop/app2: server removed: reload (the algorithm is static)',
    ])
  })

  test('where its place among the others counts', () => {
    const last = `${hash}  server app3 10.0.0.3:80\n`
    const first = hash.replace(app1, `server app0 10.0.0.3:80\n  ${app1}`)
    expect(lines(last, { running: hash })).toEqual(['shop/app3: new server 10.0.0.3:80: runtime'])
    expect(lines(first, { running: hash })).toEqual([
      'shop/app0: new server 10.0.0.3:80: reload (its place among the others decides which clients it gets)',
    ])
  })

  test.each([
    ['use-server app2 if { path /2 }', 'in its backend'],
    ['server app9 10.0.0.9:80 track app2', 'as one that is tracked'],
    ['http-request deny if { srv_is_up(shop/app2) }', 'by a fetch'],
  ])('a server removed that is named: %s', (line) => {
    const running = edit(app1, `${app1}\n  ${line}`)
    const state = worldOf({}, { name: 'app2' }, { name: 'app9' })
    expect(lines(running.replace(/ +server app2.*\n/, ''), { running, state })).toEqual([
      'shop/app2: server removed: reload (other lines name it)',
    ])
  })

  test('where the worker does not run this file', () => {
    const state: RuntimeState = worldOf({})
    expect(lines(edit(app1, 'server app1 10.0.0.1:80 check weight 20'), { state })).toEqual([
      'shop/app1: weight 100 → 20: reload (shop/app2 is not in the running worker: it does not run this file)',
    ])
    const added = worldOf({}, { name: 'app2' }, { name: 'app3' })
    expect(lines(`${config}  server app3 10.0.0.3:80\n`, { state: added })).toEqual([
      'shop/app3: new server 10.0.0.3:80: reload (a server of that name was added at run time)',
    ])
  })

  test('where .if decides what holds', () => {
    const running = edit('global\n', 'global\n  .if feature(OPENSSL)\n  maxsslconn 10\n  .endif\n')
    expect(lines(running.replace(app1, 'server app1 10.0.0.1:80 check weight 20'), { running })).toEqual([
      'shop/app1: weight 100 → 20: reload (with .if its lines cannot be judged)',
    ])
  })

  test('a cookie of a new server, where the version does not take it', () => {
    const next = `${config}  server app3 10.0.0.3:80 cookie c3\n`
    expect(needOf(needed(next, { version: '2.6.12' }))).toBe('reload')
    expect(needOf(needed(next, { version: '3.0.11' }))).toBe('runtime')
  })
})

test('the environment needs a restart: the master’s outlives its re-exec', () => {
  expect(lines(edit(/.*setenv.*\n/, ''))).toEqual([
    'global: − setenv REGION north: restart (the environment of the master outlives a reload)',
  ])
  expect(needOf(needed(edit('north', 'south')))).toBe('restart')
})

test('a program that is kept over a reload needs a restart', () => {
  const program = '\nprogram api\n  command /usr/bin/api\n'
  expect(needOf(needed(`${config}${program}`))).toBe('reload')
  const kept = `${config}${program}  no option start-on-reload\n`
  expect(needOf(needed(kept.replace('bin/api', 'bin/api2'), { running: kept }))).toBe('restart')
})

test.each(versions)('HAProxy %s: a real file that stays needs nothing', (version) => {
  expect(neededFor(recordedConfig, recordedConfig, { state: recordedState(version), version })).toEqual([])
})
