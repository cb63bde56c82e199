import { expect, test } from 'vitest'
import { exitOf } from '../../../src/engine/outcome.ts'
import { exitCodes } from '../../../src/lib/exit-codes.ts'
import { guard, only, run, set, World } from './world.ts'

test('a guard that fails first: refused, nobody is asked, nothing was touched, nothing is owed', async () => {
  const world = new World({ lb1: 'ready' }).break('check', 'lb1')
  const ran = await run(world, [[guard('lb1')], [set('lb1', 'drain')]])
  expect(ran).toMatchObject({ ended: 'untouched', left: [], error: { message: 'check broke' } })
  expect(exitCodes[exitOf[ran.ended]].code).toBe(3)
  expect(only(ran.log, 'apply', 'observe')).toEqual([])
})

test('a guard that fails later: what was done before it is put back', async () => {
  const world = new World({ lb1: 'ready', lb2: 'ready' }).break('check', 'lb2')
  const ran = await run(world, [[set('lb1', 'drain')], [guard('lb2')], [set('lb2', 'drain')]], { failed: ['put-back'] })
  expect(ran.ended).toBe('put-back')
  expect(only(ran.log, 'apply', 'undo')).toEqual(['  apply lb1', '  undo lb1'])
})

test('a guard that held while somebody was thinking about the answer is asked again before the change', async () => {
  const world = new World({ lb1: 'ready' })
  const confirm = () => {
    world.break('check', 'lb1')
    return 'yes' as const
  }
  const ran = await run(world, [[guard('lb1')], [set('lb1', 'drain')]], { confirm })
  expect(ran).toMatchObject({ ended: 'untouched', error: { message: 'check broke' } })
  expect(only(ran.log, 'apply', 'check')).toEqual(['  check lb1', '  check lb1'])
})

test('a host that cannot be looked at, before anything was changed: refused', async () => {
  const ran = await run(new World({ lb1: 'ready' }).break('observe', 'lb1'), [[set('lb1', 'drain')]])
  expect(ran).toMatchObject({ ended: 'untouched', left: [] })
})

test('every end of a run has an exit code', () => {
  expect(Object.fromEntries(Object.entries(exitOf).map(([ended, exit]) => [ended, exitCodes[exit].code]))).toEqual({
    done: 0,
    already: 0,
    untouched: 3,
    'put-back': 4,
    left: 5,
    paused: 5,
    interrupted: 130,
  })
})
