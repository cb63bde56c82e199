import { expect, test } from 'vitest'
import { resultOf } from '../../../src/cli/result-of.ts'
import type { Outcome } from '../../../src/engine/outcome.ts'
import { plan } from '../../../src/engine/plan.ts'
import type { Cut } from '../../../src/engine/step-kind.ts'
import { ZdtError } from '../../../src/lib/errors.ts'

const says = { done: 'app2 is drained', already: 'app2 was drained already', onTimeout: 'leave' } as const
const forced: Cut[] = [
  { count: 1, thing: 'session', who: ['10.77.0.1:53044 on lb1'] },
  { count: 2, thing: 'session', who: ['10.77.0.1:53050 on lb2', '10.77.0.1:53052 on lb2'] },
]
const error = new ZdtError('a check failed', { code: 'x', exit: 'left' })

const of = (outcome: Partial<Outcome> & Pick<Outcome, 'ended'>) =>
  resultOf(
    says,
    { plan: plan('drain app2', 'f00d', []), left: [], ...outcome },
    { lost: undefined, maxLost: 0, goal: 'done' },
  )

test('a forced drain says how many were cut off, and keeps who', () => {
  const { result, exit } = of({ ended: 'done', forced })
  expect(result).toMatchObject({ summary: 'app2 is drained; 3 sessions were shut', forced, exit: 0 })
  expect(exit).toBe('ok')
})

test.each([
  [undefined, 'failed and put back: everything is as it was'],
  [forced, 'failed and put back: what was changed is as it was, but 3 sessions were shut'],
  [[], 'failed and put back: what was changed is as it was, but something was ended by force'],
])('put back after %j', (cut, summary) => {
  expect(of({ ended: 'put-back', error, ...(cut && { forced: cut }) }).result.summary).toBe(summary)
})

test('put back, but for a mend', () =>
  expect(of({ ended: 'put-back', error, stays: true }).result.summary).toBe(
    'failed and put back: everything is as it was, but for what was mended or reloaded',
  ))

test('stopped by a person before anything was changed: interrupted, whichever way; an error is a refusal', () => {
  expect(of({ ended: 'untouched' })).toMatchObject({
    exit: 'interrupted',
    result: { exit: 130, summary: 'drain app2 was stopped' },
  })
  expect(of({ ended: 'untouched', error })).toMatchObject({ exit: 'refused', result: { exit: 3 } })
})

test('half done: how to go on and how to take it back, by the run; what an operation says of itself goes over it', () => {
  const { result } = of({ ended: 'paused', left: ['one'] })
  const { run } = result
  expect(result).toMatchObject({ goOnWith: `zdt resume ${run}`, putBackWith: `zdt rollback ${run}` })
  expect(of({ ended: 'interrupted' }).result).not.toHaveProperty('putBackWith')
  const own = { ...says, halfWay: { goOnWith: 'zdt drain app2', putBackWith: 'zdt ready app2' } }
  const outcome = { plan: plan('drain app2', 'f00d', []), left: ['one'], ended: 'paused' } as const
  const measured = { lost: undefined, maxLost: 0 }
  expect(resultOf(own, outcome, { ...measured, goal: 'done' }).result).toMatchObject(own.halfWay)
  expect(resultOf(says, outcome, { ...measured, goal: 'put-back' }).result).toMatchObject({
    goOnWith: `zdt rollback ${outcome.plan.id}`,
  })
})
