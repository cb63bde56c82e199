import { expect, test } from 'vitest'
import { forcible, inARow, only, run, set, wait, World } from './world.ts'

const draining = () => new World({ lb1: 'ready', app: 'busy' })
const stages = [[set('lb1', 'drain')], [wait('app', 'idle')]]

test('a wait is looked at until nothing is awaited any more', async () => {
  const world = draining()
  let looks = 0
  world.when('look', 'app', () => {
    looks += 1
    if (looks === 3) world.states.set('app', 'idle')
  })
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle', 5000)]])
  expect(ran.ended).toBe('done')
  expect(ran.happenings.filter(({ event }) => event === 'waiting')).toEqual([
    { event: 'waiting', step: '2.app', awaiting: ['app is busy'], timeout: 5000 },
    { event: 'waiting', step: '2.app', awaiting: ['app is busy'], timeout: 5000 },
  ])
})

test('time over, wait on: as long again', async () => {
  const world = draining()
  const ran = await run(world, stages, { timedOut: ['wait', 'leave'] })
  expect(only(ran.log, 'timed-out', 'answer')).toEqual([
    'answer 1 run: yes',
    'timed-out 2.app',
    'answer 2 timed-out: wait',
    'timed-out 2.app',
    'answer 2 timed-out: leave',
  ])
})

test('time over, leave: what was changed stays, and how to put it back is said', async () => {
  const world = draining()
  const ran = await run(world, stages, { timedOut: ['leave'] })
  expect(ran).toMatchObject({
    ended: 'left',
    left: ['lb1: set back'],
    error: { message: 'still awaited: app is busy' },
  })
  expect(world.state('lb1')).toBe('drain')
})

test('time over, put back', async () => {
  const world = draining()
  const ran = await run(world, stages, { timedOut: ['put-back'] })
  expect(ran).toMatchObject({ ended: 'put-back', left: [], error: { code: 'timed-out' } })
  expect(world.state('lb1')).toBe('ready')
})

test('time over, force: journaled before it is done, then looked at again', async () => {
  const world = draining()
  const ran = await run(world, [[set('lb1', 'drain')], [forcible('app', 'idle')]], { timedOut: ['force'] })
  expect(ran.ended).toBe('done')
  expect(ran.log.slice(-5)).toEqual(['forced 2.app', '  force app', 'cut 2.app', 'verified 2.app', 'stage-end 2'])
  const answer = { event: 'answer', number: 2, asked: 'timed-out', answer: 'force', words: 'force it' }
  expect(ran.happenings).toContainEqual(answer)
  expect(ran.forced).toEqual([{ count: 1, thing: 'session', who: ['somebody on app'] }])
})

test('a force that fails is a failure like any other: the operator decides', async () => {
  const world = draining().break('force', 'app', 1)
  const late = [[set('lb1', 'drain')], [forcible('app', 'idle')]]
  const back = await run(world, late, { timedOut: ['force'], failed: ['put-back'] })
  expect(back).toMatchObject({ ended: 'put-back', error: { message: 'force broke' } })
  expect(only(back.log, 'failed')).toEqual(['failed 2.app'])
  const again = await run(draining().break('force', 'app', 1), late, {
    timedOut: ['force', 'force'],
    failed: ['retry'],
  })
  expect(again.ended).toBe('done')
})

test('nothing had to be changed before the wait: left all the same, for it is not done', async () => {
  const ran = await run(draining(), [[wait('app', 'idle')]], { timedOut: ['leave'] })
  expect(ran).toMatchObject({ ended: 'left', left: [], error: { code: 'timed-out' } })
})

test('one of two waits fails for good: the other is not waited for before that is decided', async () => {
  const world = new World({ lb1: 'ready', app: 'busy', db: 'busy' }).break('look', 'db', 1)
  const minutes = 600_000
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle', minutes), wait('db', 'idle', minutes)]], {
    failed: ['put-back'],
  })
  expect(ran).toMatchObject({ ended: 'put-back', error: { message: 'look broke' } })
})

test('only what is still awaited is waited for again', async () => {
  const world = new World({ lb1: 'ready', app: 'busy', db: 'idle' })
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle'), wait('db', 'idle')]], {
    timedOut: ['wait', 'leave'],
  })
  expect(only(ran.log, 'verified')).toEqual(['verified 1.lb1', 'verified 2.db'])
})

test('a wait changes nothing, so nobody is asked for leave', async () => {
  const ran = await run(new World({ lb1: 'ready', app: 'idle' }), stages, {
    confirm: (stage) => (stage === 1 ? 'yes' : 'pause'),
  })
  expect(ran.ended).toBe('done')
})

test('a lucky moment is no proof: it must be so several times in a row', async () => {
  const world = new World({ lb1: 'ready', app: 'idle' })
  const seen = ['idle', 'busy', 'idle', 'idle', 'idle']
  world.when('look', 'app', () => world.states.set('app', seen.shift() ?? 'looked at too often'))
  const ran = await run(world, [[set('lb1', 'drain')], [inARow('app', 'idle', 3)]])
  expect(ran.ended).toBe('done')
  expect(seen).toEqual([])
})
