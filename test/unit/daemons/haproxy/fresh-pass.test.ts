import { describe, expect, test } from 'vitest'
import { freshPass, needsHealthDown } from '../../../../src/daemons/haproxy/fresh-pass.ts'
import type { CheckView, ServerView } from '../../../../src/daemons/haproxy/server-view.ts'
import { recorded, versions } from './fixture.ts'

describe.each(versions)('HAProxy %s', (version) => {
  const at = (moment: string) => recorded(`haproxy-${version}/check-${moment}.txt`, 'shop/app1')
  const up = recorded(`haproxy-${version}/servers.txt`, 'shop/app1')

  test('maint empties health; drain after it starts at rise, and shows the check of before', () => {
    expect(at('maint').check).toMatchObject({ health: 0, paused: true, status: '' })
    expect(at('just-drained')).toMatchObject({
      status: 'DRAIN 1/3',
      op: 'running',
      check: { health: 2, status: 'L7OK' },
    })
  })
  test('no check has passed yet', () => expect(freshPass(at('maint'), at('just-drained'))).toBe(false))
  test('a check has passed, seen from maint', () => expect(freshPass(at('maint'), at('passed'))).toBe(true))
  test('a check has passed, seen from drain', () => expect(freshPass(at('just-drained'), at('passed'))).toBe(true))
  test('health emptied by hand fills by checks alone', () => {
    expect(at('emptied')).toMatchObject({ op: 'stopped', check: { health: 0 } })
    expect(freshPass(at('emptied'), at('emptied'))).toBe(false)
    expect(freshPass(at('emptied'), at('passed'))).toBe(true)
  })
  test('a check has failed', () => {
    expect(at('failed')).toMatchObject({ op: 'stopped', status: 'DOWN', check: { result: 'failed', code: 503 } })
    expect(at('failed').check?.description).toBe('Layer7 wrong status: Service Unavailable')
    expect(freshPass(at('just-drained'), at('failed'))).toBe(false)
  })
  test('a server whose checks never stopped proves nothing', () => {
    expect(freshPass(up, up)).toBe(false)
    expect(needsHealthDown(up)).toBe(true)
    expect(needsHealthDown(at('just-drained'))).toBe(false)
  })
  test('no check, own or paused', () => {
    const unchecked = recorded(`haproxy-${version}/servers.txt`, 'never/app2')
    expect(freshPass(unchecked, unchecked)).toBe('no check')
    expect(needsHealthDown(unchecked)).toBe(false)
  })
})

describe('with fall 1 a server out of maintenance has full health before any check', () => {
  const base = recorded('haproxy-3.0/check-just-drained.txt', 'shop/app1')
  const view = (admin: ServerView['admin'], check: Partial<CheckView>): ServerView => ({
    ...base,
    admin,
    check: { ...(base.check as CheckView), rise: 2, fall: 1, ...check },
  })
  const drained = view('drain', { health: 2 })
  test('which proves nothing', () => expect(freshPass(view('maint', { health: 0, paused: true }), drained)).toBe(false))
  test('so that it must be emptied', () => expect(needsHealthDown(drained)).toBe(true))
  test('after which it does', () => expect(freshPass(view('drain', { health: 0 }), drained)).toBe(true))
})
