import { expect, test } from 'vitest'
import { run, set, World } from './world.ts'

test('a change that takes longer than a moment says what it waits for; a quick one says nothing', async () => {
  const quick = await run(new World({ lb1: 'ready' }), [[set('lb1', 'drain')]])
  expect(quick.happenings.filter(({ event }) => event === 'waiting')).toEqual([])

  const slow = new World({ lb1: 'ready' })
  slow.patience = 5000
  let asked = 0
  slow.when('apply', 'lb1', () => slow.states.set('lb1', 'on its way'))
  slow.when('verify', 'lb1', () => {
    asked ||= Date.now()
    if (Date.now() - asked > 1400) slow.states.set('lb1', 'drain')
  })
  const ran = await run(slow, [[set('lb1', 'drain')]])
  expect(ran.ended).toBe('done')
  expect(ran.happenings.filter(({ event }) => event === 'waiting')).toEqual([
    { event: 'waiting', step: '1.lb1', awaiting: ['lb1 is on its way'], timeout: 5000 },
  ])
})

test('each look is taken on the connection that stands by then: one that was cut is opened anew', async () => {
  const world = new World({ lb1: 'ready' })
  let connections = 0
  world.when('reach', 'lb1', () => (connections += 1)).break('verify', 'lb1', 2)
  const ran = await run(world, [[set('lb1', 'drain')]])
  expect(ran.ended).toBe('done')
  expect(connections).toBe(2 + 3)
})
