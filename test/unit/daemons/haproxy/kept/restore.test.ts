import { describe, expect, test } from 'vitest'
import { keeping } from '../../../../../src/daemons/haproxy/kept/keeping.ts'
import { restorePlan } from '../../../../../src/daemons/haproxy/kept/restore.ts'
import { versions } from '../fixture.ts'
import { recordedConfig, recordedState, type Row, shop, worldOf } from './world.ts'

const config = shop('server app1 10.0.0.1:80 check')

/** The orders from one world to another that is to be as it was. */
function orders(before: readonly Row[], now: readonly Row[], text = config) {
  return restorePlan(keeping(worldOf(...before), { running: text, next: text }), worldOf(...now))
}

describe('what is ordered after a reload that forgot', () => {
  test('nothing, where nothing was set or all is there', () => {
    expect(orders([{}], [{}])).toEqual([])
    expect(orders([{ admin: 8, weight: 5 }], [{ admin: 8, weight: 5 }])).toEqual([])
  })

  test('out of rotation first, whatever else', () => {
    expect(orders([{ admin: 8, weight: 5, at: '10.0.0.9:81' }], [{}])).toEqual([
      'set server shop/app1 state drain',
      'set server shop/app1 addr 10.0.0.9 port 81',
      'set server shop/app1 weight 5',
    ])
  })

  test('ready although configured disabled', () => {
    const text = shop('server app1 10.0.0.1:80 check disabled')
    expect(orders([{ admin: 4 }], [{ admin: 5 }], text)).toEqual(['set server shop/app1 state ready'])
  })

  const added = { name: 'app9', at: '10.0.0.9:80', weight: 3, initial: 10 }
  const again = [
    'add server shop/app9 10.0.0.9:80 check weight 10',
    'set server shop/app9 weight 3',
    'enable health shop/app9',
  ]

  test('a server that was added and up is added again, and up', () => {
    expect(orders([{}, added], [{}])).toEqual([...again, 'set server shop/app9 state ready'])
    expect(orders([{}, added], [{}, added])).toEqual([])
  })

  test('one that was down is down until its checks pass', () =>
    expect(orders([{}, { ...added, op: 0 }], [{}])).toEqual([
      ...again,
      'set server shop/app9 state drain',
      'set server shop/app9 health down',
      'set server shop/app9 state ready',
    ]))

  test('one that was drained never gets a request in between', () =>
    expect(orders([{}, { ...added, admin: 8 }], [{}])).toEqual([...again, 'set server shop/app9 state drain']))

  test('an added server that was in maintenance stays there', () => {
    const added = { name: 'app9', at: '10.0.0.9:80', admin: 1 }
    expect(orders([{}, added], [{}]).filter((each) => each.includes('state'))).toEqual([])
    expect(orders([{}, added], [{}, added])).toEqual([])
  })
})

test.each(versions)('HAProxy %s: a world that is as it was needs no order', (version) => {
  const state = recordedState(version)
  const kept = keeping(state, { running: recordedConfig, next: recordedConfig })
  expect(restorePlan(kept, state)).toEqual([])
})
