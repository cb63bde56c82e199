import { expect, test } from 'vitest'
import type { Result } from '../../../src/engine/result.ts'
import { ZdtError } from '../../../src/lib/errors.ts'
import { dryRunJson, errorJson, resultJson } from '../../../src/views/json.ts'
import { describe, drainApp2 } from './recorded-runs.ts'

const situation = { fleet: 'prod', seats: [], capacity: [], facts: [] }

test('a run is one document: the result, what was seen, what was planned', () => {
  const result: Result = { run: '7K2Q9X', title: 'drain app2', ended: 'done', exit: 0, summary: 'drained', left: [] }
  expect(JSON.parse(resultJson(result, { situation, plan: drainApp2 }))).toEqual({
    ...result,
    situation,
    plan: drainApp2,
  })
})

test('a dry run is one document: with every command by its step', () => {
  const document = JSON.parse(dryRunJson(situation, drainApp2, describe)) as { steps: unknown[] }
  expect(document.steps[0]).toEqual({ step: '1.lb1', title: 'drain', commands: ['set --now'] })
})

test('an error is one document: with its stable name and the exit code', () => {
  const error = new ZdtError('no', {
    code: 'no-capacity',
    exit: 'refused',
    host: 'lb1',
    suggestions: ['zdt ready app1'],
  })
  expect(JSON.parse(errorJson(error))).toEqual({
    exit: 3,
    error: { message: 'no', code: 'no-capacity', host: 'lb1', suggestions: ['zdt ready app1'] },
  })
})
