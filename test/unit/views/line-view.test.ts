import { Writable } from 'node:stream'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Event } from '../../../src/engine/events.ts'
import { eventsView } from '../../../src/views/events-view.ts'
import { lineView } from '../../../src/views/line-view.ts'
import { describe, drainLeft, drainThatWaits, upgradePutBack, upgradeUndoFails } from './recorded-runs.ts'

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC')
})

class Pipe extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

function lines(events: readonly Event[], env: Record<string, string> = { LANG: 'C.UTF-8' }): string {
  const pipe = new Pipe()
  const view = lineView(describe, pipe, env)
  for (const event of events) view.event(event)
  return pipe.text
}

test('a drain that waits: one line an event; of the wait only what is new', () => {
  expect(lines(drainThatWaits)).toMatchInlineSnapshot(`
    "14:02:11 run 7K2Q9X drain app2 by ci@runner-3
    14:02:11 lb1   step 1/2 drain …
    14:02:11 lb2   step 1/2 drain ✔ already so
    14:02:11 lb1   step 1/2 drain ✔ 0.1 s
    14:02:11 lb2   step 2/2 nobody connected ✔ 0.1 s
    14:02:11 lb1   step 2/2 nobody connected … waits up to 5 m: 203.0.113.9:51022  GET /export  since 2 m 10 s; old worker 8841  1 session
    14:02:20 lb1   step 2/2 nobody connected … 9.0 s of 5 m: 203.0.113.9:51022  GET /export  since 2 m 19 s
    14:02:51 lb1   step 2/2 nobody connected … 40 s of 5 m: 203.0.113.9:51022  GET /export  since 2 m 50 s
    14:02:52 lb1   step 2/2 nobody connected ✔ 41 s
    14:02:52 run 7K2Q9X ended: done
    "
  `)
})

test('a wait is told when who is awaited changes and every 30 s, not at every look', () => {
  const start = drainThatWaits[0]?.at ?? 0
  const looks = Array.from({ length: 130 }, (_, index): Event => {
    const age = `since ${Math.floor(index / 2)} s`
    return {
      at: start + index * 500,
      event: 'waiting',
      step: '2.lb1',
      timeout: 300_000,
      awaiting: [`203.0.113.9:51022  ${age}`],
    }
  })
  const told = lines([...drainThatWaits.slice(0, 11), ...looks])
    .split('\n')
    .filter((line) => line.includes('… '))
  expect(told).toMatchInlineSnapshot(`
    [
      "14:02:11 lb1   step 2/2 nobody connected … waits up to 5 m: 203.0.113.9:51022  since 0 s",
      "14:02:41 lb1   step 2/2 nobody connected … 30 s of 5 m: 203.0.113.9:51022  since 30 s",
      "14:03:11 lb1   step 2/2 nobody connected … 1 m of 5 m: 203.0.113.9:51022  since 60 s",
    ]
  `)
})

test('an upgrade that failed and was put back', () => {
  expect(lines(upgradePutBack)).toMatchInlineSnapshot(`
    "14:02:11 run 7K2Q9X upgrade-nginx web1 by ci@runner-3
    14:02:11 lb1    step 1/4 drain …
    14:02:11 lb2    step 1/4 drain …
    14:02:17 lb1    step 1/4 drain ✔ 6.2 s
    14:02:17 lb2    step 1/4 drain ✔ 6.2 s
    14:02:18 web1   step 2/4 test /tmp/nginx ✔ 1.4 s
    14:02:18 web1   step 3/4 replace /usr/sbin/nginx …
    14:02:18 web1   step 3/4 replace /usr/sbin/nginx ✔ 0.1 s
    14:02:18 web1   step 4/4 USR2 …
    14:02:19 web1   step 4/4 USR2 ✖ 0.4 s: the new master 4411 lived 0.4 s
    14:02:19 web1   step 4/4 said: nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already in use)
    14:02:19        step 4/4 decided: put back
    14:02:19 web1   step 4/4 USR2 ↩ putting back …
    14:02:19 web1   step 4/4 USR2 ↩ put back 0.1 s
    14:02:19 web1   step 3/4 replace /usr/sbin/nginx ↩ putting back …
    14:02:19 web1   step 3/4 replace /usr/sbin/nginx ↩ put back 0.1 s
    14:02:19 lb2    step 1/4 drain ↩ putting back …
    14:02:19 lb2    step 1/4 drain ↩ put back 0.1 s
    14:02:19 lb1    step 1/4 drain ↩ putting back …
    14:02:19 lb1    step 1/4 drain ↩ put back 0.1 s
    14:02:19 run 7K2Q9X ended: put-back
    "
  `)
})

test('a wait whose time was over; an undo that failed', () => {
  expect(lines(drainLeft.slice(-3))).toContain('decided: leave it')
  expect(lines(drainLeft)).toMatchInlineSnapshot(`
    "14:02:11 run 7K2Q9X drain app2 by ci@runner-3
    14:02:11 lb1   step 1/2 drain …
    14:02:11 lb2   step 1/2 drain ✔ already so
    14:02:11 lb1   step 1/2 drain ✔ 0.1 s
    14:02:11 lb2   step 2/2 nobody connected ✔ 0.1 s
    14:02:11 lb1   step 2/2 nobody connected … waits up to 5 m: 203.0.113.9:51022  GET /export  since 2 m 10 s
    14:07:11 lb1   step 2/2 nobody connected ⚠ time is over after 5 m; awaited: 203.0.113.9:51022  GET /export  since 7 m 10 s
    14:07:21       step 2/2 decided: leave it
    14:07:21 run 7K2Q9X ended: left
    "
  `)
  expect(lines(upgradeUndoFails).split('\n').slice(-6).join('\n')).toMatchInlineSnapshot(`
    "14:02:19 web1   step 4/4 USR2 ↩ put back 0.1 s
    14:02:19 web1   step 3/4 replace /usr/sbin/nginx ↩ putting back …
    14:02:19 web1   step 3/4 replace /usr/sbin/nginx ✖ not put back: the disk is full
    14:02:19 web1   step 3/4 said: No space left on device
    14:02:19 run 7K2Q9X ended: left
    "
  `)
})

test('no cursor movement and no colour, unless colour is forced', () => {
  expect(lines(upgradePutBack)).not.toContain('\u001b')
  expect(lines(upgradePutBack, { FORCE_COLOR: '1', LANG: 'C.UTF-8' })).toContain('\u001b[32m✔\u001b[39m 6.2 s')
})

test('--events: each event is one line of JSON', async () => {
  const pipe = new Pipe()
  const view = eventsView(pipe)
  for (const event of upgradePutBack) view.event(event)
  await view.settled()
  expect(
    pipe.text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual(upgradePutBack)
})

test('--events: a reader that has gone is not waited for', async () => {
  const pipe = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => setTimeout(() => done(broken), 5) })
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  pipe.on('error', () => undefined)
  const view = eventsView(pipe)
  view.event({ at: 0, event: 'stage', number: 1 })
  await view.settled()
  view.event({ at: 1, event: 'stage', number: 2 })
  await view.settled()
  expect(pipe.errored).toBe(broken)
})
