import { expect, test } from 'vitest'
import { book, emptyAccount, merged, tallyOf, type Account, type Outcome } from '../../../src/probe/ledger.ts'

const answered = (latency: number, status = 200, healed = false): Outcome => ({
  kind: 'answered',
  status,
  latency,
  healed,
})
const lost = (cause: string): Outcome => ({ kind: 'lost', cause })

const booked = (...outcomes: Outcome[]): Account => {
  const account = emptyAccount()
  for (const outcome of outcomes) {
    account.sent++
    book(account, outcome)
  }
  return account
}

test('nothing', () =>
  expect(tallyOf(emptyAccount())).toEqual({
    sent: 0,
    answered: 0,
    lost: 0,
    retried: 0,
    late: 0,
    skipped: 0,
    byCause: {},
    unexpected: {},
    p50: null,
    p99: null,
    max: null,
    longestGap: 0,
  }))

test('losses are counted by cause, and are neither answered nor in the latencies', () =>
  expect(tallyOf(booked(lost('refused'), answered(3), lost('status-503'), lost('refused')))).toMatchObject({
    sent: 4,
    answered: 1,
    lost: 3,
    byCause: { refused: 2, 'status-503': 1 },
    p50: 3,
    max: 3,
  }))

test('a healed request is answered, and counted as retried', () =>
  expect(tallyOf(booked(answered(1, 200, true), answered(1)))).toMatchObject({ answered: 2, retried: 1, lost: 0 }))

test('a 4xx is answered and unexpected, a redirect just answered', () =>
  expect(tallyOf(booked(answered(1, 404), answered(1, 404), answered(1, 429), answered(1, 301)))).toMatchObject({
    answered: 4,
    lost: 0,
    unexpected: { 'status-404': 2, 'status-429': 1 },
  }))

test('what never left this machine was not sent', () =>
  expect(tallyOf(booked({ kind: 'unsent' }, answered(1)))).toMatchObject({ sent: 1, answered: 1, lost: 0, skipped: 1 }))

test('merged: sums of counts and causes, the longest gap, the latencies of all', () => {
  const one = { ...booked(answered(1), lost('reset')), longestGap: 12, late: 1 }
  const other = { ...booked(answered(9, 404), lost('reset'), lost('timeout')), longestGap: 310.123 }
  expect(tallyOf(merged([one, other]))).toEqual({
    sent: 5,
    answered: 2,
    lost: 3,
    retried: 0,
    late: 1,
    skipped: 0,
    byCause: { reset: 2, timeout: 1 },
    unexpected: { 'status-404': 1 },
    p50: 1.01,
    p99: 9,
    max: 9,
    longestGap: 310.12,
  })
  expect(merged([one])).toEqual(one)
  expect(one.byCause).toEqual({ reset: 1 })
})
