import { describe, expect, test } from 'vitest'
import { weightsOf } from '../../../../src/daemons/haproxy/backends.ts'
import { isChecked, isServing } from '../../../../src/daemons/haproxy/is-serving.ts'
import { adminFlagsOf, parseServers } from '../../../../src/daemons/haproxy/servers.ts'
import { recorded, recordedBackend, recordedServers, versions } from './fixture.ts'

describe.each(versions)('HAProxy %s', (version) => {
  const all = `haproxy-${version}/servers.txt`
  const changed = `haproxy-${version}/servers-changed.txt`

  test('lists every server of every backend', () => {
    expect(recordedServers(all).servers.map(({ backend, server }) => `${backend}/${server}`)).toEqual([
      'shop/app1',
      'shop/app2',
      'shop/app3',
      'never/app1',
      'never/app2',
      'always/app1',
      'tracked/app1',
      'tracked/app2',
      'tcpbe/app1',
      'tcpbe/app2',
    ])
  })
  test('a server that is up', () => {
    expect(recorded(all, 'shop/app2')).toMatchObject({
      admin: 'ready',
      adminFlags: [],
      op: 'running',
      status: 'UP',
      weight: 100,
      initialWeight: 100,
      sessions: 3,
      queued: 0,
      address: '127.0.0.12',
      port: 8080,
      cookie: 'c2',
      backup: false,
      agent: null,
      check: {
        status: 'L7OK',
        result: 'passed',
        code: 200,
        health: 4,
        rise: 2,
        fall: 3,
        inProgress: false,
        paused: false,
      },
    })
    expect(recorded(all, 'shop/app2').tracks).toBeUndefined()
  })
  test('a backup', () => expect(recorded(all, 'shop/app3')).toMatchObject({ backup: true, status: 'UP' }))
  test('a server that was never used', () => expect(recorded(all, 'shop/app3').lastUsedSeconds).toBeUndefined())
  test('an idle pooled connection', () =>
    expect(recorded(all, 'always/app1')).toMatchObject({ idleConns: 1, sessions: 0 }))
  test('a server without a check', () =>
    expect(recorded(all, 'never/app2')).toMatchObject({ status: 'no check', check: null }))
  test('a server that tracks another', () =>
    expect(recorded(all, 'tracked/app2')).toMatchObject({ check: null, tracks: 'shop/app2' }))
  test('in TCP mode used connections are not counted, sessions are', () =>
    expect(recorded(all, 'tcpbe/app1')).toMatchObject({ usedConns: 0, sessions: 1 }))
  test('drained by the operator', () =>
    expect(recorded(changed, 'shop/app2')).toMatchObject({
      admin: 'drain',
      adminFlags: ['drain'],
      op: 'running',
      status: 'DRAIN',
    }))
  test('drained by the server it tracks: not by the operator, yet out', () =>
    expect(recorded(changed, 'tracked/app2')).toMatchObject({ admin: 'ready', adminFlags: ['inherited drain'] }))
  test('in maintenance', () =>
    expect(recorded(changed, 'shop/app3')).toMatchObject({
      admin: 'maint',
      op: 'stopped',
      status: 'MAINT',
      check: { paused: true },
    }))
  test('disabled in the configuration is a note beside', () =>
    expect(recorded(all, 'tcpbe/app2')).toMatchObject({ admin: 'maint', adminFlags: ['maint', 'configured disabled'] }))
  test('weight 0 is the operator’s, the configured one stays', () =>
    expect(recorded(changed, 'never/app2')).toMatchObject({ weight: 0, initialWeight: 1, status: 'no check' }))

  test('serving: all that are up', () => {
    const serving = recordedServers(all).servers.filter(isServing)
    expect(serving).toHaveLength(9)
    expect(serving.map(({ backend, server }) => `${backend}/${server}`)).not.toContain('tcpbe/app2')
  })
  test('not serving: drained, by inheritance too, in maintenance, of weight 0', () => {
    const out = recordedServers(changed).servers.filter((view) => !isServing(view))
    expect(out.map(({ backend, server }) => `${backend}/${server}`)).toEqual([
      'shop/app2',
      'shop/app3',
      'never/app2',
      'tracked/app1',
      'tracked/app2',
      'tcpbe/app2',
    ])
  })
  test('checked: its own check, or that of the server it tracks', () => {
    expect(isChecked(recorded(all, 'tracked/app2'))).toBe(true)
    expect(isChecked(recorded(all, 'never/app2'))).toBe(false)
  })

  test('backends', () => {
    expect(recordedBackend(all, 'shop')).toMatchObject({
      algorithm: 'roundrobin',
      weights: 'any',
      cookie: 'SRV',
      mode: 'http',
    })
    expect(recordedBackend(all, 'never')).toMatchObject({ algorithm: 'source', weights: 'unknown' })
    expect(recordedBackend(all, 'tcpbe')).toMatchObject({ mode: 'tcp' })
  })
  test('level user is told neither cookie nor algorithm', () => {
    const asUser = `haproxy-${version}/servers-as-user.txt`
    expect(recorded(asUser, 'shop/app2')).toMatchObject({ status: 'UP', address: '127.0.0.12', cookie: undefined })
    expect(recordedBackend(asUser, 'shop')).toMatchObject({ algorithm: undefined, weights: 'unknown' })
  })
})

test('columns are found by name, in whatever order they come', () => {
  const state = '1\n# srv_name be_name srv_op_state srv_admin_state new_column srv_uweight\napp1 shop 2 8 x 7'
  const stat = '# svname,status,scur,pxname\napp1,DRAIN,3,shop'
  expect(parseServers([state, stat]).servers[0]).toMatchObject({
    backend: 'shop',
    server: 'app1',
    admin: 'drain',
    weight: 7,
    sessions: 3,
  })
})

test('a check’s description may hold commas and quotes', () => {
  const state = '1\n# be_name srv_name srv_check_state\nshop app1 6'
  const stat = '# pxname,svname,last_chk,check_desc,status\nshop,app1,"bad, ""very"" bad",Layer7 wrong status,DOWN'
  expect(parseServers([state, stat]).servers[0]).toMatchObject({
    status: 'DOWN',
    check: { description: 'Layer7 wrong status: bad, "very" bad' },
  })
})

test('every bit has a name', () => {
  expect(adminFlagsOf(0x3f)).toEqual([
    'maint',
    'inherited maint',
    'configured disabled',
    'drain',
    'inherited drain',
    'resolution maint',
  ])
})

test.each([
  ['leastconn', 'any'],
  ['static-rr', 'all or nothing'],
  ['uri', 'unknown'],
  [undefined, 'unknown'],
] as const)('%s takes weights: %s', (algorithm, weights) => expect(weightsOf(algorithm)).toBe(weights))
