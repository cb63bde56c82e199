import { expect, test } from 'vitest'
import { LeaseLost } from '../../../src/hosts/lease/errors.ts'
import { only, run, set, wait, World } from './world.ts'

test('the first Ctrl-C finishes the step in hand, then pauses before the next stage', async () => {
  const pause = new AbortController()
  const world = new World({ lb1: 'ready', web1: 'old' })
  world.when('apply', 'lb1', () => pause.abort())
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], {}, { pause })
  expect(ran).toMatchObject({ ended: 'interrupted', left: ['lb1: set back'] })
  expect(only(ran.log, 'verified', 'stage', 'stage-end')).toEqual(['stage 1', 'verified 1.lb1', 'stage-end 1'])
})

test('the first Ctrl-C ends a wait at once: waiting changes nothing', async () => {
  const pause = new AbortController()
  const world = new World({ lb1: 'ready', app: 'busy' })
  world.when('look', 'app', () => pause.abort())
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle', 3_600_000)]], {}, { pause })
  expect(ran).toMatchObject({ ended: 'interrupted', left: ['lb1: set back'] })
  expect(only(ran.log, 'timed-out')).toEqual([])
})

test('Ctrl-C at the question what now, as its time is over, pauses: that is no answer', async () => {
  const pause = new AbortController()
  const late = () => {
    pause.abort()
    return 'pause' as const
  }
  const world = new World({ lb1: 'ready', app: 'busy' })
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle')]], { timedOut: [late] }, { pause })
  expect(ran).toMatchObject({ ended: 'interrupted', left: ['lb1: set back'] })
  expect(only(ran.log, 'answer')).toEqual(['answer 1 run: yes'])
})

test('a lease that is lost in a wait is nobody’s interrupt: paused, and it says why', async () => {
  const pause = new AbortController()
  const world = new World({ lb1: 'ready', app: 'busy' })
  world.when('look', 'app', () => pause.abort(new LeaseLost('lb1', 'the lease host has ended')))
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle', 3_600_000)]], {}, { pause })
  expect(ran).toMatchObject({ ended: 'paused', left: ['lb1: set back'], error: { code: 'lease-lost' } })
})

test('a step that fails after the first Ctrl-C is still put back when the operator says so', async () => {
  const pause = new AbortController()
  const world = new World({ lb1: 'ready' })
  world.when('apply', 'lb1', () => pause.abort()).break('verify', 'lb1')
  const ran = await run(world, [[set('lb1', 'drain')]], { failed: ['put-back'] }, { pause })
  expect(ran.ended).toBe('put-back')
})

test('the second Ctrl-C stops at once, in the middle of a step, and the journal says what was begun', async () => {
  const stop = new AbortController()
  const world = new World({ lb1: 'ready', web1: 'old' })
  world.when('verify', 'lb1', () => {
    world.states.set('lb1', 'half')
    stop.abort()
  })
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], {}, { stop })
  expect(ran).toMatchObject({ ended: 'interrupted', left: ['lb1: set back'] })
  expect(ran.log.at(-1)).toBe('  apply lb1')
})

test('nothing is begun any more once it is stopped', async () => {
  const stop = new AbortController()
  const world = new World({ lb1: 'ready' }).when('observe', 'lb1', () => stop.abort())
  const ran = await run(world, [[set('lb1', 'drain')]], {}, { stop })
  expect(ran).toMatchObject({ ended: 'untouched', left: [] })
  expect(only(ran.log, 'applying', 'apply')).toEqual([])
})

test('stopped while putting back: interrupted, and what is not put back yet is named', async () => {
  const stop = new AbortController()
  const world = new World({ lb1: 'ready', web1: 'old' }).break('apply', 'web1')
  world.when('undone', 'web1', () => {
    world.states.set('web1', 'half')
    stop.abort()
  })
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], { failed: ['put-back'] }, { stop })
  expect(ran).toMatchObject({ ended: 'interrupted', left: ['web1: set back', 'lb1: set back'] })
})

test('Ctrl-C before anything was changed, or a no to the first question: untouched, without an error', async () => {
  const pause = new AbortController()
  pause.abort()
  const interrupted = await run(new World({ lb1: 'ready' }), [[set('lb1', 'drain')]], {}, { pause })
  const declined = await run(new World({ lb1: 'ready' }), [[set('lb1', 'drain')]], { confirm: () => 'pause' })
  for (const ran of [interrupted, declined]) {
    expect(ran).toMatchObject({ ended: 'untouched', left: [] })
    expect(ran.error).toBeUndefined()
  }
})
