import { beforeAll, expect, test, vi } from 'vitest'
import type { Ledger, Tally } from '../../../src/probe/ledger.ts'
import { ledgerText } from '../../../src/views/ledger-text.ts'
import { makePaint } from '../../../src/views/paint.ts'
import { plainPage } from '../../../src/views/page.ts'

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC')
})

const tally: Tally = {
  sent: 1000,
  answered: 1000,
  lost: 0,
  retried: 0,
  late: 0,
  skipped: 0,
  byCause: {},
  unexpected: {},
  p50: 1.02,
  p99: 4.04,
  max: 12.3,
  longestGap: 12.3,
}

const calm: Ledger = {
  url: 'http://10.0.0.100/healthz',
  rate: 50,
  startedAt: '2026-11-20T14:02:09.000Z',
  duration: 62_000,
  state: 'stopped',
  total: { ...tally, sent: 3118, answered: 3118 },
  baseline: { ...tally, sent: 100, answered: 100 },
  steps: [
    { label: 'step 1', tally },
    { label: 'step 2', tally },
  ],
  losses: [],
  selfDelayMax: 2,
}

const lossy: Ledger = {
  ...calm,
  total: { ...tally, sent: 3118, lost: 2, longestGap: 1400, byCause: { reset: 1, 'status-503': 1 } },
  steps: [
    { label: 'step 1', tally },
    { label: 'step 2', tally: { ...tally, lost: 2, byCause: { reset: 1, 'status-503': 1 }, longestGap: 1400 } },
  ],
  losses: [{ request: 1234, at: '2026-11-20T14:02:11.250Z', step: 'step 2', cause: 'reset' }],
}

test('nothing lost: one line, broken only between figures', () => {
  expect(ledgerText(calm, plainPage(100))).toMatchInlineSnapshot(`
    "  probe  3,118 sent · 0 lost · 0 retried · p99 4 ms (before: 4 ms) · longest gap 12 ms
    "
  `)
  expect(ledgerText(calm, plainPage(80))).toMatchInlineSnapshot(`
    "  probe  3,118 sent · 0 lost · 0 retried · p99 4 ms (before: 4 ms)
             longest gap 12 ms
    "
  `)
  expect(ledgerText(calm, plainPage(40))).toMatchInlineSnapshot(`
    "  probe  3,118 sent · 0 lost · 0 retried
             p99 4 ms (before: 4 ms)
             longest gap 12 ms
    "
  `)
})

test('asked for, a table by step', () => {
  expect(ledgerText(calm, plainPage(80), { steps: true })).toMatchInlineSnapshot(`
    "  probe  3,118 sent · 0 lost · 0 retried · p99 4 ms (before: 4 ms)
             longest gap 12 ms
             while    sent    lost   retried   p99    longest gap   lost to
             before   100     0      0         4 ms   12 ms
             step 1   1,000   0      0         4 ms   12 ms
             step 2   1,000   0      0         4 ms   12 ms
    "
  `)
})

test('something lost: in which step, to what, and how to find it in a log', () => {
  expect(ledgerText(lossy, plainPage(80))).toMatchInlineSnapshot(`
    "  probe  3,118 sent · 2 lost (1 reset, 1 status-503) · 0 retried
             p99 4 ms (before: 4 ms) · longest gap 1.4 s
             while    sent    lost   retried   p99    longest gap
             before   100     0      0         4 ms   12 ms
             step 1   1,000   0      0         4 ms   12 ms
             step 2   1,000   2      0         4 ms   1.4 s
               lost to 1 reset, 1 status-503
             lost at 14:02:11 in step 2: reset (User-Agent zdt-probe/1 #1234)
             and 1 more
    "
  `)
  expect(ledgerText(lossy, { width: 40, paint: makePaint(true) })).toMatchInlineSnapshot(`
    "  probe  3,118 sent
             [31m2 lost (1 reset, 1 status-503)[39m
             0 retried
             p99 4 ms (before: 4 ms)
             longest gap 1.4 s
    [2m         while    sent    lost   retried[22m
             before   100     0      0
               p99 4 ms · longest gap 12 ms
             step 1   1,000   0      0
               p99 4 ms · longest gap 12 ms
             step 2   1,000   [31m2[39m      0
               p99 4 ms · longest gap 1.4 s
               lost to 1 reset, 1 status-503
             lost at 14:02:11 in step 2:
             reset (User-Agent zdt-probe/1
             #1234)
             and 1 more
    "
  `)
})

test('figures that do not tell all say so', () => {
  const blind: Ledger = {
    ...calm,
    state: 'max-duration',
    total: { ...tally, sent: 0, answered: 0, p50: null, p99: null, max: null, longestGap: 0, skipped: 7 },
    baseline: { ...tally, p99: null },
    selfDelayMax: 80,
  }
  expect(ledgerText(blind, plainPage(80))).toMatchInlineSnapshot(`
    "  probe  0 sent · 0 lost · 0 retried · longest gap 0 ms
             ⚠ nothing was sent, so nothing is proven
             ⚠ 7 could not be sent by the prober itself
             ⚠ it ended by itself after 1 m 2 s: what came later was not measured
             ⚠ the prober itself was held up for 80 ms: gaps below that may be its
               own
    "
  `)
})
