import { expect, test } from 'vitest'
import { resume, rollback } from '../../../src/engine/resume.ts'
import type { Event, Happening } from '../../../src/engine/events.ts'
import { only, processOn, planOf, run, set, wait, guard, World } from './world.ts'

const drained = [[set('lb1', 'drain')], [wait('app', 'idle', 3_600_000)]]

test('abort ends a wait at once, and puts back all that was done, without a question', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready', app: 'busy' }).when('look', 'app', () => abort.abort())
  const ran = await run(world, drained, {}, { abort })
  expect(ran).toMatchObject({ ended: 'put-back', left: [] })
  expect(ran.error).toBeUndefined()
  expect(world.state('lb1')).toBe('ready')
  expect(only(ran.log, 'timed-out', 'answer')).toEqual(['answer 1 run: yes'])
})

test('abort finishes the step in hand first, and begins no other', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready', web1: 'old' }).when('apply', 'lb1', () => abort.abort())
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], {}, { abort })
  expect(ran.ended).toBe('put-back')
  expect(only(ran.log, 'verified', 'stage', 'undone')).toEqual(['stage 1', 'verified 1.lb1', 'undone 1.lb1'])
})

test('abort in the last step of a run puts back all the same', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready' }).when('apply', 'lb1', () => abort.abort())
  expect(await run(world, [[set('lb1', 'drain')]], {}, { abort })).toMatchObject({ ended: 'put-back' })
  expect(world.state('lb1')).toBe('ready')
})

test('abort before anything was changed: untouched', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready', app: 'busy' }).when('look', 'app', () => abort.abort())
  const ran = await run(world, [[wait('app', 'idle', 3_600_000)], [set('lb1', 'drain')]], {}, { abort })
  expect(ran).toMatchObject({ ended: 'untouched', left: [] })
})

test('abort at a question that a person is asked: put back', async () => {
  const abort = new AbortController()
  const confirm = (stage: number) => {
    if (stage === 1) return 'yes'
    abort.abort()
    return 'pause'
  }
  const world = new World({ lb1: 'ready', web1: 'old' })
  const ran = await run(world, [[set('lb1', 'drain')], [set('web1', 'new')]], { confirm }, { abort })
  expect(ran.ended).toBe('put-back')
  expect(world.state('lb1')).toBe('ready')
})

test('abort while a person thinks about a wait whose time is over: put back, not left', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready', app: 'busy' })
  const onRecord = (happening: Happening) => {
    if (happening.event === 'answer' && happening.asked === 'timed-out') abort.abort()
  }
  const answers = { timedOut: ['leave'] } as const
  const ran = await run(world, [[set('lb1', 'drain')], [wait('app', 'idle')]], answers, { abort, onRecord })
  expect(ran.ended).toBe('put-back')
})

test('abort where something cannot be put back: left, with what is left to do by hand', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready', app: 'busy' }).when('look', 'app', () => abort.abort())
  world.break('undo', 'lb1')
  const ran = await run(world, drained, {}, { abort })
  expect(ran).toMatchObject({ ended: 'left', left: ['lb1: set back'], error: { message: 'undo broke' } })
})

test('a step that fails after abort was said: put back once, and it says why it failed', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready' }).when('apply', 'lb1', () => abort.abort()).break('verify', 'lb1')
  const ran = await run(world, [[set('lb1', 'drain')]], { failed: ['pause'] }, { abort })
  expect(ran).toMatchObject({ ended: 'put-back', error: { message: 'verify broke' } })
  expect(only(ran.log, 'undo')).toEqual(['  undo lb1'])
})

test('Ctrl-C twice while an abort puts back: interrupted, and what is left is named', async () => {
  const [abort, stop] = [new AbortController(), new AbortController()]
  const world = new World({ lb1: 'ready', app: 'busy' }).when('look', 'app', () => abort.abort())
  world.when('undone', 'lb1', () => {
    world.states.set('lb1', 'half')
    stop.abort()
  })
  const ran = await run(world, drained, {}, { abort, stop })
  expect(ran).toMatchObject({ ended: 'interrupted', left: ['lb1: set back'] })
})

/** A run that was paused after its first stages, taken up again. */
async function takenUp(way: typeof resume, around: { readonly abort: AbortController; readonly world: World }) {
  const { world, abort } = around
  const stages = [[set('lb1', 'drain')], [set('lb2', 'drain')], [wait('app', 'idle', 3_600_000)]]
  const pause = new AbortController()
  let looks = 0
  world.when('look', 'app', () => {
    looks += 1
    if (looks === 1) pause.abort()
    else abort.abort()
  })
  const before = await run(world, stages, {}, { pause })
  expect(before.ended).toBe('interrupted')
  const made = before.plan
  const begun = { event: 'run', plan: made, operator: 'x', pid: 1 } as const
  const history = [begun, ...before.happenings].map((happening): Event => ({ at: 0, ...happening }))
  return await processOn(world, {}, { abort }, (engine) => way(history, engine))
}

test('abort of a run that was resumed puts back what earlier processes did as well', async () => {
  const world = new World({ lb1: 'ready', lb2: 'ready', app: 'busy' })
  expect(await takenUp(resume, { world, abort: new AbortController() })).toMatchObject({ ended: 'put-back', left: [] })
  expect([world.state('lb1'), world.state('lb2')]).toEqual(['ready', 'ready'])
})

test('abort of a rollback that is at work: it goes on to its end', async () => {
  const abort = new AbortController()
  const world = new World({ lb1: 'ready', lb2: 'ready', app: 'busy' }).when('undo', 'lb2', () => abort.abort())
  expect(await takenUp(rollback, { world, abort })).toMatchObject({ ended: 'put-back', left: [] })
  expect([world.state('lb1'), world.state('lb2')]).toEqual(['ready', 'ready'])
})

const rising = [[set('lb1', '5%')], [guard('lb1')], [set('lb1', '25%')]]

test('an approval that may come from elsewhere is told before it is asked; the guards are asked again after it', async () => {
  const answers = { confirm: () => 'yes' as const }
  const around = { approvals: [3], waits: 60_000 }
  const ran = await run(new World({ lb1: '0%' }), rising, answers, around)
  expect(ran.ended).toBe('done')
  expect(ran.happenings).toContainEqual({ event: 'asking', number: 3, question: 'Good enough?', timeout: 60_000 })
  const order = ran.log.slice(ran.log.indexOf('stage-end 2'))
  expect(only(order, 'asking', 'answer', 'check', 'apply')).toEqual([
    'asking 3',
    'answer 3 run: yes',
    '  check lb1',
    '  apply lb1',
  ])
})

test('an approval that nobody waits for is not told', async () => {
  const ran = await run(new World({ lb1: '0%' }), rising, {}, { approvals: [3] })
  expect(only(ran.log, 'asking')).toEqual([])
  expect(planOf(rising, [3]).stages[2]?.approval).toBe(true)
})
