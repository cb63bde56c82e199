import { expect, test } from 'vitest'
import { NoUseWaiting } from '../../../src/engine/step-kind.ts'
import { mend, only, run, set, wait, World } from './world.ts'

test('a change is observed, journaled, applied and verified, in this order', async () => {
  const ran = await run(new World({ lb1: 'ready' }), [[set('lb1', 'drain')]])
  expect(ran.log).toEqual([
    'answer 1 run: yes',
    'stage 1',
    '  observe lb1',
    'observed 1.lb1',
    'applying 1.lb1',
    '  apply lb1',
    'verified 1.lb1',
    'stage-end 1',
  ])
  expect(ran).toMatchObject({ ended: 'done', left: [] })
})

test('what is so already is not touched, and owes no undo when a later step fails', async () => {
  const world = new World({ lb1: 'drain', lb2: 'ready', web1: 'old' }).break('apply', 'web1')
  const ran = await run(world, [[set('lb1', 'drain'), set('lb2', 'drain')], [set('web1', 'new')]], {
    failed: ['put-back'],
  })
  expect(only(ran.log, 'already', 'apply', 'undo')).toEqual([
    'already 1.lb1',
    '  apply lb2',
    '  apply web1',
    '  undo web1',
    '  undo lb2',
  ])
  expect(ran.ended).toBe('put-back')
  expect(Object.fromEntries(world.states)).toEqual({ lb1: 'drain', lb2: 'ready', web1: 'old' })
})

test('a plan of which everything is so already ends as such', async () => {
  const ran = await run(new World({ lb1: 'drain' }), [[set('lb1', 'drain')], [wait('lb1', 'drain')]])
  expect(ran.ended).toBe('already')
})

test('verify is asked until it is true, also when a look in between throws', async () => {
  const world = new World({ lb1: 'ready' })
  world.when('apply', 'lb1', () => world.states.set('lb1', 'in between')).break('verify', 'lb1', 1)
  world.when('verify', 'lb1', () => world.states.set('lb1', 'drain'), 2)
  expect((await run(world, [[set('lb1', 'drain')]])).ended).toBe('done')
})

test('a command that went well but did not take is a failure: put back in reverse order', async () => {
  const world = new World({ lb1: 'ready', web1: 'old' })
  world.when('apply', 'web1', () => world.states.set('web1', 'broken'))
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], { failed: ['put-back'] })
  expect(ran).toMatchObject({ ended: 'put-back', left: [], error: { message: 'web1 is broken', host: 'web1' } })
  expect(ran.log.slice(-6)).toEqual([
    'undoing 2.web1',
    '  undo web1',
    'undone 2.web1',
    'undoing 1.lb1',
    '  undo lb1',
    'undone 1.lb1',
  ])
})

test('a step that knows it failed for good is not polled to the end of its patience', async () => {
  let looks = 0
  const world = new World({ lb1: 'ready' }).when('verify', 'lb1', () => {
    looks += 1
    throw new NoUseWaiting('the new master died', { host: 'lb1' })
  })
  const ran = await run(world, [[set('lb1', 'drain')]], { failed: ['put-back'] })
  expect(ran).toMatchObject({ ended: 'put-back', error: { message: 'the new master died' } })
  expect(looks).toBe(1)
})

test('an undo that fails stops there, and names the commands that are left, last change first', async () => {
  const world = new World({ lb1: 'ready', lb2: 'ready', web1: 'old' }).break('apply', 'web1').break('undo', 'lb2')
  const ran = await run(world, [[set('lb1', 'drain')], [set('lb2', 'drain')], [set('web1', 'new')]], {
    failed: ['put-back'],
  })
  expect(ran).toMatchObject({
    ended: 'left',
    left: ['lb2: set back', 'lb1: set back'],
    error: { message: 'apply broke; putting back stopped: undo broke' },
  })
  expect(only(ran.log, 'undoing', 'undone', 'undo-failed')).toEqual([
    'undoing 3.web1',
    'undone 3.web1',
    'undoing 2.lb2',
    'undo-failed 2.lb2',
  ])
  expect(world.state('lb1')).toBe('drain')
})

test('an undo that fails does not keep its neighbour in the stage from being put back', async () => {
  const world = new World({ lb1: 'ready', lb2: 'ready', web1: 'old', web2: 'x' })
    .break('apply', 'web1')
    .break('undo', 'lb2')
  const stages = [[set('web2', 'y')], [set('lb1', 'drain'), set('lb2', 'drain')], [set('web1', 'new')]]
  const ran = await run(world, stages, { failed: ['put-back'] })
  expect(ran).toMatchObject({ ended: 'left', left: ['lb2: set back', 'web2: set back'] })
  expect([world.state('lb1'), world.state('lb2'), world.state('web2')]).toEqual(['ready', 'drain', 'y'])
})

test('an undo is believed when the host shows it, not before', async () => {
  const world = new World({ lb1: 'ready', web1: 'old' }).break('apply', 'web1')
  world.when('undone', 'lb1', () => world.states.set('lb1', 'drain'))
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], { failed: ['put-back'] })
  expect(ran).toMatchObject({ ended: 'left', left: ['lb1: set back'] })
})

test('steps of a stage run side by side: each is begun before one is done', async () => {
  const ran = await run(new World({ lb1: 'ready', lb2: 'ready' }), [[set('lb1', 'drain'), set('lb2', 'drain')]])
  const verified = ran.log.indexOf('verified 1.lb1')
  expect(ran.log.indexOf('applying 1.lb2')).toBeLessThan(verified)
})

test('retry runs only what failed; what it found first is what it is put back to', async () => {
  const world = new World({ lb1: 'ready', lb2: 'ready', web1: 'old' }).break('apply', 'web1')
  world.when('apply', 'lb2', () => world.states.set('lb2', 'half'), 1)
  const stages = [[set('lb1', 'drain'), set('lb2', 'drain')], [set('web1', 'new')]]
  const ran = await run(world, stages, { failed: ['retry', 'put-back'] })
  expect(only(ran.log, 'apply')).toEqual(['  apply lb1', '  apply lb2', '  apply lb2', '  apply web1'])
  expect(only(ran.log, 'undo')).toEqual(['  undo web1', '  undo lb2', '  undo lb1'])
  expect(ran.ended).toBe('put-back')
  expect(world.state('lb2')).toBe('ready')
})

test('retry also goes on with what was still awaited beside what failed', async () => {
  const world = new World({ app: 'up', lb1: 'busy', lb2: 'busy' }).break('look', 'lb1', 1)
  world.when('look', 'lb1', () => world.states.set('lb1', 'idle'))
  const ran = await run(world, [[set('app', 'drain')], [wait('lb1', 'idle'), wait('lb2', 'idle')]], {
    failed: ['retry'],
    timedOut: ['put-back'],
  })
  expect(ran.ended).toBe('put-back')
})

test('a failure that is paused leaves everything, and says how to put it back', async () => {
  const world = new World({ lb1: 'ready', web1: 'old' }).break('apply', 'web1')
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], { failed: ['pause'] })
  expect(ran).toMatchObject({ ended: 'paused', left: ['web1: set back', 'lb1: set back'] })
})

test('asked before a stage, the operator may put back what was done, or pause', async () => {
  const stages = [[set('lb1', 'drain')], [set('web1', 'new')]]
  const back = await run(new World({ lb1: 'ready', web1: 'old' }), stages, {
    confirm: (stage) => (stage === 2 ? 'put-back' : 'yes'),
  })
  expect(back.ended).toBe('put-back')
  expect(back.error).toBeUndefined()
  const pause = await run(new World({ lb1: 'ready', web1: 'old' }), stages, {
    confirm: (stage) => (stage === 2 ? 'pause' : 'yes'),
  })
  expect(pause).toMatchObject({ ended: 'paused', left: ['lb1: set back'] })
  const never = await run(new World({ lb1: 'ready' }), stages, { confirm: () => 'pause' })
  expect(never).toMatchObject({ ended: 'untouched', left: [] })
})

test('a journal that can no longer be written pauses the run after the step in hand, and the outcome names what is left', async () => {
  const world = new World({ lb1: 'ready', web1: 'old' })
  const ran = await run(
    world,
    [[set('lb1', 'drain')], [set('web1', 'new')]],
    {},
    {
      onRecord: ({ event }) => {
        if (world.state('lb1') === 'drain' && event !== 'verified') throw new Error('ENOSPC: no space left on device')
      },
    },
  )
  expect(ran).toMatchObject({
    ended: 'paused',
    left: ['lb1: set back'],
    error: { code: 'journal-lost', said: 'ENOSPC: no space left on device' },
  })
  expect(world.state('web1')).toBe('old')
})

test('what was mended stays when all else is put back, and that is said', async () => {
  const world = new World({ lb1: 'torn', web1: 'old' }).break('apply', 'web1')
  const ran = await run(world, [[mend('lb1', 'whole')], [set('web1', 'new')]], { failed: ['put-back'] })
  expect(Object.fromEntries(world.states)).toEqual({ lb1: 'whole', web1: 'old' })
  expect(ran).toMatchObject({ ended: 'put-back', left: [], stays: true })
  expect(ran.happenings.at(-1)).toEqual({ event: 'undone', step: '1.lb1', took: 0, foundSo: true, stays: true })
})

test('a run that mended nothing has nothing that stays', async () => {
  const world = new World({ lb1: 'whole', web1: 'old' }).break('apply', 'web1')
  const ran = await run(world, [[mend('lb1', 'whole')], [set('web1', 'new')]], { failed: ['put-back'] })
  expect(ran).not.toHaveProperty('stays')
})
