import { expect, test } from 'vitest'
import { leaseFirst } from '../../../src/cli/lease-first.ts'
import type { Outcome } from '../../../src/engine/outcome.ts'
import type { Plan } from '../../../src/engine/plan.ts'
import { ZdtError } from '../../../src/lib/errors.ts'

const lost = new ZdtError('lb1: the lease of run AAAAAA is lost', {
  code: 'lease-lost',
  exit: 'locked',
  host: 'lb1',
  said: 'held by ops2',
  suggestions: ['zdt lock'],
})
const odd = new ZdtError('app2 is neither ready nor drained', { code: 'odd-world', exit: 'refused' })
const of = (ended: Outcome['ended'], error?: ZdtError): Outcome => ({
  plan: {} as Plan,
  ended,
  left: ['zdt ready app2'],
  ...(error && { error }),
})

test('that the lease is lost comes first, and what its loser saw after it', () => {
  const { error, ended, left } = leaseFirst(of('paused', odd), AbortSignal.abort(lost))
  expect(error).toMatchObject({ message: lost.message, code: 'lease-lost', exit: 'locked', host: 'lb1' })
  expect(error?.said).toBe('held by ops2\nseen before that: app2 is neither ready nor drained')
  expect(error?.suggestions).toEqual(['zdt lock'])
  expect([ended, left]).toEqual(['paused', ['zdt ready app2']])
})

test.each([
  ['no lease is lost', of('paused', odd), new AbortController().signal],
  ['the run came to its end all the same', of('done'), AbortSignal.abort(lost)],
  ['it was put back before', of('put-back', odd), AbortSignal.abort(lost)],
  ['that is what it ended by already', of('paused', lost), AbortSignal.abort(lost)],
  ['it was told to end otherwise', of('left', odd), AbortSignal.abort('for another reason')],
])('it is left as it came out where %s', (_case, outcome, signal) => {
  expect(leaseFirst(outcome, signal)).toBe(outcome)
})
