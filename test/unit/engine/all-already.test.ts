import { expect, test } from 'vitest'
import { only, run, set, World } from './world.ts'

const asked: number[] = []
const confirm = (stage: number) => {
  asked.push(stage)
  return 'yes' as const
}

test('at a terminal, a stage of which everything is so already is not asked about', async () => {
  asked.length = 0
  const world = new World({ lb1: 'drain', lb2: 'drain', web1: 'old' })
  const ran = await run(world, [[set('lb1', 'drain'), set('lb2', 'drain')], [set('web1', 'new')]], { confirm })
  expect(ran.ended).toBe('done')
  expect(asked).toEqual([2])
  expect(only(ran.log, 'stage', 'already', 'applying', 'stage-end')).toEqual([
    'stage 1',
    'already 1.lb1',
    'already 1.lb2',
    'stage-end 1',
    'stage 2',
    'applying 2.web1',
    'stage-end 2',
  ])
})

test('one of two is not so: asked about, and all is observed again after the answer', async () => {
  asked.length = 0
  const world = new World({ lb1: 'drain', lb2: 'ready' })
  const stages = [[set('lb1', 'drain'), set('lb2', 'drain')]]
  const ran = await run(world, stages, {
    confirm: (stage) => {
      // Somebody sets the other one ready while the question is open.
      world.states.set('lb1', 'ready')
      return confirm(stage)
    },
  })
  expect(asked).toEqual([1])
  expect(only(ran.log, 'applying').toSorted()).toEqual(['applying 1.lb1', 'applying 1.lb2'])
})

test('what cannot be looked at is asked about, and then tells why it cannot', async () => {
  asked.length = 0
  const ran = await run(new World({ lb1: 'drain' }).break('observe', 'lb1'), [[set('lb1', 'drain')]], { confirm })
  expect(asked).toEqual([1])
  expect(ran).toMatchObject({ ended: 'untouched', error: { message: 'observe broke' } })
})
