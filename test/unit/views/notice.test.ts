import { expect, test } from 'vitest'
import type { Happening } from '../../../src/engine/events.ts'
import type { Plan } from '../../../src/engine/plan.ts'
import type { Result } from '../../../src/engine/result.ts'
import { lastNotice, noticeOf } from '../../../src/views/notice.ts'
import { lookUp } from '../../../src/views/plan-lookup.ts'

const plan = {
  id: 'AAAAAA',
  title: 'rollout shop to 2',
  stages: [
    {
      number: 1,
      title: 'watch',
      steps: [
        { id: '1.lb1', kind: 'gate.pass', host: 'lb1', input: {} },
        { id: '1.lb2', kind: 'app.deploy', host: 'lb2', input: {} },
      ],
    },
  ],
} as unknown as Plan
const lookup = lookUp(plan, () => ({ title: 'a step', commands: [] }))
const told = (happening: Happening) => noticeOf({ ...happening, at: 0 }, lookup)

test('who began it, what is asked, and what a gate says are told; deployments and their output are not', () => {
  const who = { operator: 'anna@ops2', pid: 1 }
  expect(told({ event: 'run', plan, ...who })).toEqual({ event: 'start', text: 'started by anna@ops2' })
  expect(told({ event: 'rolling-back', ...who })).toEqual({ event: 'start', text: 'rolled back by anna@ops2' })
  expect(told({ event: 'asking', number: 3, question: 'More?' })).toEqual({
    event: 'asking',
    text: 'step 3: More? zdt promote AAAAAA',
  })
  expect(told({ event: 'output', step: '1.lb1', lines: ['gate a: 0.2'] })).toEqual({
    event: 'gate',
    passed: true,
    text: 'step 1/1: gate a: 0.2',
  })
  const error = { message: 'gate a: 7', code: 'step-failed', suggestions: [] }
  expect(told({ event: 'failed', step: '1.lb1', took: 1, error })).toEqual({
    event: 'gate',
    passed: false,
    text: 'step 1/1 failed: gate a: 7',
  })
  expect(told({ event: 'output', step: '1.lb2', lines: ['deploying'] })).toBeUndefined()
  expect(told({ event: 'failed', step: '1.lb2', took: 1, error })).toBeUndefined()
  expect(told({ event: 'applying', step: '1.lb1' })).toBeUndefined()
})

test('how it came out, with what was lost; what needs a person is a pause', () => {
  const result = { ended: 'done', exit: 7, summary: 'shop runs 2', probe: { total: { lost: 3 } } }
  expect(lastNotice(result as unknown as Result)).toEqual({
    event: 'end',
    text: 'shop runs 2',
    ended: 'done',
    exit: 7,
    lost: 3,
  })
  for (const ended of ['paused', 'interrupted', 'left']) {
    expect(lastNotice({ ended, exit: 5, summary: '' } as unknown as Result)).toMatchObject({ event: 'pause', exit: 5 })
  }
})
