import { describe, expect, test } from 'vitest'
import { keeping } from '../../../../../src/daemons/haproxy/kept/keeping.ts'
import {
  isMomentary,
  loadsItself,
  momentaryConfig,
  momentaryMark,
} from '../../../../../src/daemons/haproxy/kept/momentary.ts'
import { stateFile } from '../../../../../src/daemons/haproxy/kept/state-file.ts'
import { parseTable } from '../../../../../src/daemons/haproxy/tables.ts'
import { versions } from '../fixture.ts'
import { recordedConfig, recordedState, type Row, shop, worldOf } from './world.ts'

const app1 = 'server app1 10.0.0.1:80 check'

/** The row of app1 in the state file that goes from one configuration to the next. */
function row(world: Row, running: string, next: string): Record<string, string> {
  const before = worldOf(world)
  const text = stateFile(before, keeping(before, { running: shop(running), next: shop(next) }))
  return Object.fromEntries(parseTable(text)[0] ?? [])
}

describe('the state file', () => {
  test.each<readonly [string, Row, string, string, Record<string, string>]>([
    ['drained', { admin: 8 }, app1, app1, { srv_admin_state: '8', srv_op_state: '2' }],
    ['down stays down', { op: 0 }, app1, app1, { srv_op_state: '0' }],
    [
      'down, at another address',
      { op: 0 },
      app1,
      'server app1 10.0.0.2:81 check',
      { srv_op_state: '2', srv_port: '81' },
    ],
    ['another port in the file', {}, app1, 'server app1 10.0.0.1:81 check', { srv_port: '81' }],
    ['TLS from now on', {}, app1, `${app1} ssl verify none`, { srv_use_ssl: '1' }],
    ['weight set', { weight: 7 }, app1, app1, { srv_uweight: '7', srv_iweight: '100' }],
    // By HAProxy's own rule the running weight holds only where the configured one is as in the state.
    [
      'weight made at run time',
      { weight: 7 },
      `${app1} weight 7`,
      `${app1} weight 7`,
      { srv_uweight: '7', srv_iweight: '7' },
    ],
    ['weight of the file', { weight: 7 }, app1, `${app1} weight 9`, { srv_uweight: '9', srv_iweight: '9' }],
    ['configured disabled, made ready', { admin: 4 }, `${app1} disabled`, `${app1} disabled`, { srv_admin_state: '4' }],
    ['no longer disabled', { admin: 5, op: 0 }, `${app1} disabled`, app1, { srv_admin_state: '0', srv_op_state: '0' }],
    ['newly disabled', {}, app1, `${app1} disabled`, { srv_admin_state: '5' }],
    [
      'renamed',
      { admin: 8 },
      app1,
      'server web1 10.0.0.1:80',
      { srv_name: 'web1', be_name: 'shop', srv_admin_state: '8' },
    ],
  ])('%s', (_name, world, running, next, cells) => {
    expect(row(world, running, next)).toMatchObject(cells)
  })

  test.each(versions)(
    'of a real HAProxy %s, nothing changed: its own rows but for the checks’ addresses',
    (version) => {
      const before = recordedState(version)
      const text = stateFile(before, keeping(before, { running: recordedConfig, next: recordedConfig }))
      const own = before.servers.filter(({ server }) => server !== 'app4' && server !== 'secret')
      expect(text.split('\n')[0]).toBe('1')
      expect(parseTable(text).map((row) => [...row.values()].join(' ').replace(/ \d+$/, ''))).toEqual(
        own.map(({ cells }) => cells.join(' ').replace(/ \d+$/, '')),
      )
    },
  )
})

describe('the configuration of one reload', () => {
  const kept = (world: Row, text: string) => keeping(worldOf(world), { running: text, next: text })
  const path = '/var/lib/zdt/haproxy.state'

  test('loads the state, and has the address that was given', () => {
    const text = `global
  log /dev/log local0
backend shop # the shop
  balance roundrobin
  server app1  10.0.0.1:80 check
backend other
  server x 10.0.0.7:80`
    expect(momentaryConfig(text, kept({ at: '10.0.0.9:81' }, text), path)).toBe(`${momentaryMark}
global
    server-state-file ${path}
  log /dev/log local0
backend shop # the shop
    load-server-state-from-file global
  balance roundrobin
  server app1  10.0.0.9:81 check
backend other
  server x 10.0.0.7:80`)
  })

  test('takes the place of what the file says of states', () => {
    const text = `global
  server-state-file /srv/mine
defaults
  load-server-state-from-file none
backend shop
  load-server-state-from-file local
  server app1 10.0.0.1:80`
    expect(momentaryConfig(text, kept({}, text), path)).toBe(`${momentaryMark}
global
    server-state-file ${path}
defaults
  load-server-state-from-file none
backend shop
    load-server-state-from-file global
  server app1 10.0.0.1:80`)
  })

  test('without a global section it gets one', () => {
    const text = 'backend shop\n  server app1 10.0.0.1:80\n'
    const momentary = momentaryConfig(text, kept({}, text), path)
    expect(momentary).toContain(
      `global\n    server-state-file ${path}\nbackend shop\n    load-server-state-from-file global\n`,
    )
    expect([isMomentary(momentary), isMomentary(text)]).toEqual([true, false])
  })

  const loading = `global
  server-state-base /var/lib/haproxy
  server-state-file state
defaults
  load-server-state-from-file global
backend shop
  server app1 10.0.0.1:80
`
  test.each([
    ['loads it for every backend', {}, loading, '/var/lib/haproxy/state'],
    [
      'loads it only for some',
      {},
      loading.replace('backend shop', 'backend shop\n  load-server-state-from-file none'),
      undefined,
    ],
    ['names no file', {}, loading.replace(/ {2}server-state-file.*\n/, ''), undefined],
    ['names a file by a variable', {}, loading.replace('file state', 'file "${STATE}"'), undefined],
    ['loads it, but an address was given', { at: '10.0.0.9:80' }, loading, undefined],
  ])('a configuration that %s', (_name, world, text, own) => {
    expect(loadsItself(text, kept(world, text))).toBe(own)
  })
})

describe('a server that is new, and is to begin in maintenance', () => {
  const before = worldOf({})
  const next = shop(app1, 'server app2 10.0.0.2:81 check weight 7', 'server app3 10.0.0.3:80')
  const keptFor = (...servers: readonly string[]) =>
    keeping(before, { running: shop(app1), next, atRest: servers.map((server) => ({ backend: 'shop', server })) })
  const rows = (...servers: readonly string[]) =>
    parseTable(stateFile(before, keptFor(...servers))).map((each) => Object.fromEntries(each))

  test('is in the state file as one in maintenance, whose checks have still to begin', () => {
    const [, app2, app3] = rows('app2', 'app3')
    expect(app2).toMatchObject({
      be_id: '7',
      be_name: 'shop',
      srv_name: 'app2',
      srv_addr: '10.0.0.2',
      srv_port: '81',
      srv_admin_state: '1',
      srv_op_state: '0',
      srv_uweight: '7',
      srv_iweight: '7',
      srv_check_state: '6',
    })
    expect(app3).toMatchObject({ srv_name: 'app3', srv_admin_state: '1', srv_check_state: '0' })
  })

  test('another that is new is not carried over, and nothing is said of either', () => {
    expect(rows('app2').map(({ srv_name: name }) => name)).toEqual(['app1', 'app2'])
    expect(keptFor('app2').verdicts).toEqual([])
  })

  test('one that is there already stays as it is', () =>
    expect(rows('app1')).toMatchObject([{ srv_name: 'app1', srv_admin_state: '0' }]))
})
