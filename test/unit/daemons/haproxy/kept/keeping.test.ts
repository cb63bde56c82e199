import { describe, expect, test } from 'vitest'
import { keeping } from '../../../../../src/daemons/haproxy/kept/keeping.ts'
import { parseRuntimeState } from '../../../../../src/daemons/haproxy/kept/runtime-state.ts'
import { answers, versions } from '../fixture.ts'
import { recordedConfig, recordedState, type Row, shop, worldOf } from './world.ts'

const app1 = 'server app1 10.0.0.1:80 check'
const [drain, maint] = [{ admin: 8 }, { admin: 1 }]

/** The table of docs/runtime-state.md, row by row: what is live, the running line, the next one, what is wished, what is said. */
const table: readonly (readonly [string, Row, string, string, object, string | undefined])[] = [
  ['nothing set', {}, app1, app1, {}, undefined],
  ['drained', drain, app1, app1, { admin: 'drain' }, 'kept: drain'],
  ['in maintenance', maint, app1, app1, { admin: 'maint' }, 'kept: maint'],
  [
    'drained, newly disabled in the file',
    drain,
    app1,
    `${app1} disabled`,
    {},
    'configuration wins: drain: the configuration now says disabled, so it goes into maintenance',
  ],
  [
    'ready, newly disabled in the file',
    {},
    app1,
    `${app1} disabled`,
    {},
    'configuration wins: ready: the configuration now says disabled, so it goes into maintenance',
  ],
  ['in maintenance, newly disabled in the file', maint, app1, `${app1} disabled`, {}, undefined],
  ['disabled in both', { admin: 5 }, `${app1} disabled`, `${app1} disabled`, {}, undefined],
  [
    'disabled in both, made ready by an operator',
    { admin: 4 },
    `${app1} disabled`,
    `${app1} disabled`,
    { admin: 'ready' },
    'kept: ready, although configured disabled',
  ],
  [
    'disabled in the file, no longer',
    { admin: 5 },
    `${app1} disabled`,
    app1,
    {},
    'configuration wins: maint: the configuration no longer says disabled, so it is made ready',
  ],
  [
    'disabled in the file, no longer, but drained',
    { admin: 12 },
    `${app1} disabled`,
    app1,
    { admin: 'drain' },
    'kept: drain',
  ],
  ['weight set', { weight: 50 }, app1, app1, { weight: 50 }, 'kept: weight 50 (configured 100)'],
  ['weight set to nothing', { weight: 0 }, app1, app1, { weight: 0 }, 'kept: weight 0 (configured 100)'],
  [
    'weight set, and another in the file',
    { weight: 50 },
    app1,
    `${app1} weight 80`,
    {},
    'configuration wins: weight 50: the configuration now says 80 (was 100), and wins',
  ],
  ['weight set, the same in the file', { weight: 50 }, app1, `${app1} weight 50`, {}, undefined],
  ['weight set at run time from the file', { weight: 50 }, `${app1} weight 50`, `${app1} weight 50`, {}, undefined],
  ['another weight in the file only', {}, app1, `${app1} weight 80`, {}, undefined],
  [
    'address set',
    { at: '10.0.0.9:81' },
    app1,
    app1,
    { endpoint: { address: '10.0.0.9', port: 81 } },
    'kept: address 10.0.0.9:81 (configured 10.0.0.1:80)',
  ],
  [
    'address set, and another in the file',
    { at: '10.0.0.9:81' },
    app1,
    'server app1 10.0.0.3:80 check',
    {},
    'configuration wins: address 10.0.0.9:81: the configuration says 10.0.0.3:80, and wins',
  ],
  ['another address in the file only', {}, app1, 'server app1 10.0.0.3:80 check', {}, undefined],
  [
    'drained, another address in the file',
    drain,
    app1,
    'server app1 10.0.0.3:80 check',
    { admin: 'drain' },
    'kept: drain',
  ],
  [
    'drained, renamed in the file',
    drain,
    app1,
    'server web1 10.0.0.1:80 check',
    { admin: 'drain' },
    'kept: drain, now called shop/web1',
  ],
]

const said = (world: Row, running: string | undefined, next: string) => {
  const kept = keeping(worldOf(world), { running, next })
  return { kept, lines: kept.verdicts.map(({ outcome, line }) => `${outcome}: ${line}`) }
}

describe('what is kept over a reload, and what the configuration wins', () => {
  test.each(table)('%s', (_name, world, running, next, wish, line) => {
    const { kept, lines } = said(world, shop(running), shop(next))
    expect(kept.carried.map((one) => JSON.parse(JSON.stringify(one.wish)) as unknown)).toEqual([wish])
    expect(lines).toEqual(line === undefined ? [] : [line])
  })

  test('drained, gone from the file', () => {
    const { kept, lines } = said(drain, shop(app1), shop('server app2 10.0.0.2:80'))
    expect(kept.carried).toEqual([])
    expect(lines).toEqual(['gone: drain: no longer in the configuration'])
  })

  test('a backend that is renamed with all its servers', () => {
    const { kept, lines } = said(drain, shop(app1), shop(app1).replace('backend shop', 'backend store'))
    expect(kept.carried).toMatchObject([{ backend: 'store', server: 'app1', wish: { admin: 'drain' } }])
    expect(lines).toEqual(['kept: drain, now called store/app1'])
  })

  test('a backend that is renamed and changed is another one', () => {
    const next = shop(app1, 'server app2 10.0.0.2:80').replace('backend shop', 'backend store')
    expect(said(drain, shop(app1), next).lines).toEqual(['gone: drain: no longer in the configuration'])
  })

  test('added at run time, and now in the file: goes on as that, drained or not', () => {
    const kept = keeping(worldOf({ name: 'app9', admin: 8, at: '10.0.0.9:80' }), {
      running: shop(app1),
      next: shop(app1, 'server app9 10.0.0.9:80 check'),
    })
    expect(kept.carried).toMatchObject([{ server: 'app9', wish: { admin: 'drain' } }])
    expect(kept.added).toEqual([])
  })

  test.each([
    ['whose backend goes', shop(app1).replace('backend shop', 'backend api'), 'there is no backend shop any more'],
    [
      'whose backend balances statically',
      shop('balance static-rr', app1),
      'the algorithm of its backend is now a static one',
    ],
  ])('added at run time, %s: gone, and why', (_name, next, why) => {
    const kept = keeping(worldOf({}, { name: 'app9', at: '10.0.0.9:80' }), { running: shop(app1), next })
    expect(kept.added).toEqual([])
    expect(kept.verdicts.map(({ line }) => line)).toContain(`added at run time: ${why}`)
  })

  test('a file that is not what the worker runs: what the worker itself tells is what was configured', () => {
    const edited = shop(`${app1} weight 80`)
    expect(said({ weight: 50 }, undefined, edited).lines).toEqual([
      'configuration wins: weight 50: the configuration now says 80 (was 100), and wins',
    ])
    expect(said({}, undefined, edited).lines).toEqual([])
    expect(said({ weight: 50 }, undefined, shop(app1)).kept.carried).toMatchObject([{ wish: { weight: 50 } }])
    expect(said({ name: 'app9' }, undefined, shop('server app2 10.0.0.2:80')).lines).toEqual([
      'gone: not in the configuration: gone after the reload',
    ])
  })
})

describe.each(versions)('HAProxy %s', (version) => {
  const state = recordedState(version)

  test('tells in one round what operators have set', () => {
    expect(state.servers.find(({ server }) => server === 'app4')).toMatchObject({
      backend: 'shop',
      weight: 15,
      initialWeight: 30,
      maxconn: 20,
      fall: 4,
      check: 'on',
    })
    expect(state.servers[2]).toMatchObject({ server: 'app3', check: 'off', agent: 'off' })
    expect(JSON.parse(JSON.stringify(state))).toEqual(
      JSON.parse(JSON.stringify(parseRuntimeState(answers(`haproxy-${version}/kept.txt`, 3)))),
    )
  })

  test('all of it is kept where the file stays as it is; TLS cannot be read back', () => {
    const kept = keeping(state, { running: recordedConfig, next: recordedConfig })
    expect(kept.verdicts).toEqual([
      { server: 'shop/app1', outcome: 'kept', line: 'weight 50 (configured 100)' },
      { server: 'shop/app2', outcome: 'kept', line: 'drain' },
      { server: 'shop/app3', outcome: 'kept', line: 'its health check is off' },
      { server: 'shop/app3', outcome: 'kept', line: 'its agent check is off' },
      {
        server: 'shop/app4',
        outcome: 'kept',
        line: 'added at run time: added again as "10.77.0.21:8080 check weight 30 maxconn 20 rise 2 fall 4"',
      },
      { server: 'shop_never/app2', outcome: 'kept', line: 'address 10.77.0.23:8080 (configured 10.77.0.22:8080)' },
      { server: 'shop_tcp/app1', outcome: 'kept', line: 'maint' },
      { server: 'shop_tcp/app2', outcome: 'kept', line: 'weight 0 (configured 100)' },
      {
        server: 'shop_tcp/secret',
        outcome: 'gone',
        line: 'added at run time: its TLS settings cannot be read back; add it again by hand, or write it into haproxy.cfg',
      },
    ])
  })
})
