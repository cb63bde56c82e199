import { describe, expect, test } from 'vitest'
import type { Connected } from '../../../../src/daemons/haproxy/connected.ts'
import { servesAgain, stillComing } from '../../../../src/steps/haproxy/still-coming.ts'

type Worker = Connected['workers'][number]

const worker: Worker = {
  pid: 100,
  leaving: false,
  upSeconds: 900,
  status: 'DRAIN',
  sessions: 0,
  queued: 0,
  total: 7,
  clients: [],
}
const seen = (...workers: Partial<Worker>[]): Connected => ({
  host: 'lb1',
  backend: 'shop',
  server: 'app2',
  workers: workers.map((more) => ({ ...worker, ...more })),
  tcp: { established: 0, carrying: 0, strangers: [] },
  blind: [],
})

describe('still coming', () => {
  test('nobody ever came, or not for two seconds: nobody', () => {
    expect(stillComing(seen({}), 0)).toBeUndefined()
    expect(stillComing(seen({ lastUsedSeconds: 2 }), 0)).toBeUndefined()
  })

  test('the last request was before the drain: a moment yet', () => {
    expect(stillComing(seen({ lastUsedSeconds: 1 }), 500)).toEqual({
      cameBack: false,
      line: 'the last request was 1 s ago; 2 s without one are waited for',
    })
  })

  test('a request came although it drains: that is persistence, and maint is the way', () => {
    expect(stillComing(seen({ lastUsedSeconds: 0 }), 5000)).toEqual({
      cameBack: true,
      line: 'clients still come by persistence (a stick table, force-persist), the last 0 s ago: a drain lets them, zdt maint app2 does not',
    })
    expect(stillComing(seen({ lastUsedSeconds: 3, cookie: 'SRV' }), 5000)).toMatchObject({
      cameBack: true,
      line: expect.stringContaining('by the cookie SRV, the last 3 s ago') as string,
    })
  })

  test('where a cookie brings clients back, ten seconds; in maintenance it brings nobody', () => {
    expect(stillComing(seen({ lastUsedSeconds: 9, cookie: 'SRV' }), 0)?.cameBack).toBe(false)
    expect(stillComing(seen({ lastUsedSeconds: 10, cookie: 'SRV' }), 0)).toBeUndefined()
    expect(stillComing(seen({ lastUsedSeconds: 2, cookie: 'SRV', status: 'MAINT' }), 0)).toBeUndefined()
  })

  test('an old worker counts too, but it is not persistence', () => {
    const both = seen({ lastUsedSeconds: 60 }, { leaving: true, lastUsedSeconds: 0 })
    expect(stillComing(both, 30_000)).toMatchObject({ cameBack: false })
  })
})

describe('serves again', () => {
  test.each(['DRAIN', 'DRAIN 1/3', 'DRAIN (agent)', 'MAINT', 'DOWN', 'MAINT (via shop/app1)'])('%s: no', (status) => {
    expect(servesAgain(seen({ status }), 5000)).toBeUndefined()
  })

  test.each(['UP', 'UP 1/3', 'no check', 'NOLB'])('%s: yes, somebody set it ready', (status) => {
    expect(servesAgain(seen({ status }), 5000)).toEqual({
      message: 'shop/app2 takes new clients again on lb1, although it was drained',
      said: `its status is ${status}: somebody, or something, set it ready meanwhile`,
    })
  })

  test('the worker is younger than the wait: a reload forgot it', () => {
    expect(servesAgain(seen({ status: 'UP', upSeconds: 2 }), 5000)?.said).toBe(
      'HAProxy there was reloaded or restarted 2 s ago, and with that forgets what was set at runtime',
    )
  })
})
