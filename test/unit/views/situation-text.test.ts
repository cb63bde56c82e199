import { expect, test } from 'vitest'
import type { Situation } from '../../../src/operations/situation.ts'
import { makePaint } from '../../../src/views/paint.ts'
import { plainPage } from '../../../src/views/page.ts'
import { situationText } from '../../../src/views/situation-text.ts'

const seat = { backend: 'shop', server: 'app2', state: 'up', weight: 100, queued: 0, check: '200 in 2 ms' }
const draining: Situation = {
  fleet: 'prod',
  seats: [
    { ...seat, host: 'lb1', sessions: 14 },
    { ...seat, host: 'lb2', sessions: 11 },
  ],
  capacity: [{ pool: 'shop', before: 3, after: 2, of: 3, wanted: 1 }],
  facts: [],
}

test('a drain shows each seat, its sessions, and what serves afterwards', () => {
  expect(situationText('drain app2', draining, plainPage(80))).toMatchInlineSnapshot(`
    "drain app2                                         fleet prod · 2 load balancers
      seat            state   weight   sessions+queue   check
      lb1 shop/app2   up      100      14+0             200 in 2 ms
      lb2 shop/app2   up      100      11+0             200 in 2 ms
    after this 2 of 3 servers serve shop (at least 1 wanted)
    "
  `)
})

test('at 40 columns the columns that do not fit drop to a line under their row', () => {
  expect(situationText('drain app2', draining, plainPage(40))).toMatchInlineSnapshot(`
    "drain app2
      fleet prod · 2 load balancers
      seat            state   weight
      lb1 shop/app2   up      100
        sessions+queue 14+0
        check 200 in 2 ms
      lb2 shop/app2   up      100
        sessions+queue 11+0
        check 200 in 2 ms
    after this 2 of 3 servers serve shop (at
    least 1 wanted)
    "
  `)
})

test('a server that is down is red, too little capacity is marked, and no line is longer than the page', () => {
  const situation: Situation = {
    fleet: 'prod',
    seats: [{ ...seat, host: 'lb1', old: 3, state: 'down', sessions: 0, check: 'connection refused' }],
    capacity: [{ pool: 'shop', before: 1, after: 0, of: 3, wanted: 1 }],
    facts: ['web1 runs nginx 1.22.1 (master 812, 2 workers); /tmp/nginx is nginx 1.26.3, with the same modules'],
  }
  expect(situationText('drain app2', situation, { width: 60, paint: makePaint(true) })).toMatchInlineSnapshot(`
    "[1mdrain app2[22m                      [2mfleet prod · 1 load balancer[22m
    [2m  seat            state   weight   sessions+queue[22m
      lb1 shop/app2   [31mdown[39m    100      0+0, 3 on old workers
        check connection refused
      web1 runs nginx 1.22.1 (master 812, 2 workers); /tmp/nginx
        is nginx 1.26.3, with the same modules
    [33m⚠ after this 0 of 3 servers serve shop (at least 1 wanted)[39m
    "
  `)
})

test('what a daemon says cannot move the cursor', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007refused\u0085\r\nagain'
  const text = situationText(
    'drain',
    { ...draining, seats: [{ ...seat, host: 'lb1', sessions: 1, check: evil }] },
    plainPage(),
  )
  expect(text).toContain('refused again\n')
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})
