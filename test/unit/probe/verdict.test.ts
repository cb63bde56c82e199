import { expect, test } from 'vitest'
import { emptyAccount, tallyOf, type Ledger, type Tally } from '../../../src/probe/ledger.ts'
import { verdict } from '../../../src/probe/verdict.ts'

const tally = (some: Partial<Tally>): Tally => ({ ...tallyOf(emptyAccount()), ...some })
const ledger = (total: Partial<Tally>, rest: Partial<Ledger> = {}): Ledger => ({
  url: 'http://10.0.0.100/',
  rate: 50,
  startedAt: '2026-01-01T00:00:00.000Z',
  duration: 1000,
  state: 'stopped',
  total: tally(total),
  baseline: tally({ sent: 10, answered: 10 }),
  steps: [],
  losses: [],
  selfDelayMax: 0,
  ...rest,
})

test('nothing lost', () =>
  expect(verdict(ledger({ sent: 100, answered: 100 }), 0)).toEqual({ kept: true, counted: 0, remarks: [] }))

test('one lost of none allowed', () =>
  expect(verdict(ledger({ sent: 100, answered: 99, lost: 1, byCause: { reset: 1 } }), 0)).toEqual({
    kept: false,
    counted: 1,
    remarks: ['1 of 100 requests were lost: 1 reset'],
  }))

test('as many lost as allowed, the most frequent cause first', () =>
  expect(verdict(ledger({ sent: 100, lost: 3, byCause: { reset: 1, refused: 2 } }), 3)).toEqual({
    kept: true,
    counted: 3,
    remarks: ['3 of 100 requests were lost: 2 refused, 1 reset'],
  }))

test('healed requests are not lost', () =>
  expect(verdict(ledger({ sent: 100, answered: 100, retried: 8 }), 0)).toMatchObject({ kept: true, counted: 0 }))

test('nothing sent proves nothing', () =>
  expect(verdict(ledger({}), 0)).toEqual({
    kept: false,
    counted: 0,
    remarks: ['nothing was sent, so nothing is proved'],
  }))

const notFound = tally({ sent: 5, answered: 5, unexpected: { 'status-404': 5 } })

test('a 404 that began in a step counts as lost', () =>
  expect(verdict(ledger({ sent: 15, answered: 15 }, { steps: [{ label: 'reload', tally: notFound }] }), 0)).toEqual({
    kept: false,
    counted: 5,
    remarks: ['5 answers had a status that the time before did not have: status-404'],
  }))

test('a 404 that was there before does not', () =>
  expect(
    verdict(
      ledger({ sent: 10, answered: 10 }, { baseline: notFound, steps: [{ label: 'reload', tally: notFound }] }),
      0,
    ),
  ).toEqual({ kept: true, counted: 0, remarks: [] }))

test('a gap that may be the prober’s own is told, a longer one is the server’s', () => {
  const held = (longestGap: number) => verdict(ledger({ sent: 9, answered: 9, longestGap }, { selfDelayMax: 80.4 }), 0)
  expect(held(90)).toEqual({
    kept: true,
    counted: 0,
    remarks: ['the prober itself was held up for 80 ms: its longest gap and slowest answers may be its own'],
  })
  expect(held(300).remarks).toEqual([])
})

test('a probe that ended before the run, or could not keep up, says so', () =>
  expect(verdict(ledger({ sent: 10, answered: 10, skipped: 2 }, { state: 'max-duration' }), 0)).toEqual({
    kept: true,
    counted: 0,
    remarks: [
      '2 requests were due and not sent, for the prober could not keep up',
      'the probe ended before the run did, so the end was not measured',
    ],
  }))
