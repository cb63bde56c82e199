import { expect, test } from 'vitest'
import type { Happening } from '../../../src/engine/events.ts'
import { Journaled } from './deaths.ts'
import { guard, only, set, setGuarded, unseen, wait, World } from './world.ts'

const world = () => new World({ lb1: 'ready', web1: 'old', app: 'idle' })
const state = ({ world: { states } }: Journaled) => Object.fromEntries(states)
const upTo = (step: string) => ({ when: 'before', step }) as const

/** Runs stages until right before `verified STEP` is kept. */
async function diedAt(stages: Parameters<typeof Journaled.run>[1], { step }: { step: string }): Promise<Journaled> {
  const whole = await Journaled.run(world(), stages)
  const event = whole.happenings.findIndex((one) => one.event === 'verified' && one.step === step)
  return Journaled.run(world(), stages, { when: 'before', event })
}

const drainThenUpgrade = [[set('lb1', 'drain')], [set('web1', 'new')]]

test('a change that somebody finished by hand is taken for done, and is owed all the same', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('web1', 'new')
  expect(await run.resume()).toMatchObject({ ended: 'done' })
  expect(only(run.world.log, 'apply', 'verified')).toEqual(['verified 2.web1'])
  await run.rollback()
  expect(state(run)).toMatchObject({ lb1: 'ready', web1: 'old' })
})

test('one that somebody put back by hand is done again, and everything after it', async () => {
  const run = await diedAt([[set('lb1', 'drain')], [wait('lb1', 'drain')], [set('web1', 'new')]], upTo('3.web1'))
  run.world.states.set('lb1', 'ready').set('web1', 'old')
  expect(await run.resume()).toMatchObject({ ended: 'done' })
  expect(only(run.world.log, 'apply', 'verified')).toEqual([
    '  apply lb1',
    'verified 1.lb1',
    'verified 2.lb1',
    '  apply web1',
    'verified 3.web1',
  ])
  await run.rollback()
  expect(state(run)).toMatchObject({ lb1: 'ready', web1: 'old' })
})

test('a world that is neither: asked about, and with --yes paused; nothing is touched', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint')
  expect(await run.resume({ odd: ['pause'] })).toMatchObject({
    ended: 'paused',
    left: ['web1: set back', 'lb1: set back'],
    error: {
      code: 'odd-world',
      host: 'lb1',
      message: 'set drain: somebody else has changed this',
      said: 'not as the run leaves it: lb1 is maint\nnot as the run found it: lb1 is not ready',
    },
  })
  expect(only(run.world.log, 'apply', 'undo')).toEqual([])
  expect(state(run)).toMatchObject({ lb1: 'maint' })
})

test('neither, look again: somebody has put it right meanwhile', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint')
  let looks = 0
  run.world.when('verify', 'lb1', () => {
    looks += 1
    if (looks > 5) run.world.states.set('lb1', 'drain')
  })
  expect(await run.resume({ odd: ['look-again', 'look-again'] })).toMatchObject({ ended: 'done' })
})

test('neither, taken for done: gone on with, and left as it is', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint')
  expect(await run.resume({ odd: ['done'] })).toMatchObject({ ended: 'done' })
  expect(state(run)).toMatchObject({ lb1: 'maint', web1: 'new' })
})

test('neither, taken for not done: done now, and put back to what was found now', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint')
  expect(await run.resume({ odd: ['not-done'] })).toMatchObject({ ended: 'done' })
  expect(state(run)).toMatchObject({ lb1: 'drain' })
  await run.rollback()
  expect(state(run)).toMatchObject({ lb1: 'maint', web1: 'old' })
})

test('neither, put back: the odd one is asked about again before it is touched', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint')
  expect(await run.resume({ odd: ['put-back', 'done'] })).toMatchObject({ ended: 'put-back' })
  expect(state(run)).toMatchObject({ lb1: 'ready', web1: 'old' })
})

test('half of a step, as it dies in the middle: undone first, then run again', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('web1', 'half')
  expect(await run.resume()).toMatchObject({ ended: 'done' })
  expect(only(run.world.log, 'apply', 'undo')).toEqual(['  undo web1', '  apply web1'])
})

test('a step that leaves no trace is done again when it died in the middle', async () => {
  const stages = [[set('web1', 'new')], [unseen('lb1', 'drain')], [set('lb1', 'ready')]]
  const run = await diedAt(stages, upTo('2.lb1'))
  expect(run.world.state('lb1')).toBe('drain')
  await run.resume()
  expect(only(run.world.log, 'observe', 'apply')).toContain('  observe lb1')
  await run.rollback()
  expect(state(run)).toMatchObject({ lb1: 'ready', web1: 'old' })
})

test('a host that cannot be reached: nothing is done, what is owed is named', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.break('reach', 'lb1')
  expect(await run.resume()).toMatchObject({ ended: 'left', left: ['web1: set back', 'lb1: set back'] })
  expect(only(run.world.log, 'apply', 'undo')).toEqual([])
})

test('a guard is asked again before the next change, however long ago it passed', async () => {
  const stages = [[guard('web1')], [set('lb1', 'drain')], [set('web1', 'new')]]
  const run = await diedAt(stages, upTo('2.lb1'))
  run.world.break('check', 'web1')
  expect(await run.resume({ failed: ['pause'] })).toMatchObject({ ended: 'paused', error: { message: 'check broke' } })
  expect(state(run)).toMatchObject({ web1: 'old' })
})

test('a guard is not asked again once what it was for is done', async () => {
  const stages = [[guard('web1')], [set('web1', 'new')], [set('lb1', 'drain')]]
  const run = await diedAt(stages, upTo('3.lb1'))
  run.world.break('check', 'web1')
  expect(await run.resume()).toMatchObject({ ended: 'done' })
})

test('what is rolled back is looked at first: undone by hand already, it is only told so', async () => {
  const run = await Journaled.run(world(), drainThenUpgrade)
  run.world.states.set('web1', 'old')
  expect(await run.rollback()).toMatchObject({ ended: 'put-back' })
  expect(only(run.world.log, 'undo')).toEqual(['  undo lb1'])
  expect(run.happenings).toContainEqual({ event: 'undone', step: '2.web1', took: 0, foundSo: true })
})

test.each([
  ['pause', { ended: 'left', left: ['web1: set back', 'lb1: set back'] }, { web1: 'newer', lb1: 'drain' }],
  ['not-done', { ended: 'put-back', left: [] }, { web1: 'newer', lb1: 'ready' }],
  ['done', { ended: 'put-back', left: [] }, { web1: 'old', lb1: 'ready' }],
] as const)('rolled back, a world that is neither: %s', async (answer, outcome, states) => {
  const run = await Journaled.run(world(), drainThenUpgrade)
  run.world.states.set('web1', 'newer')
  expect(await run.rollback({ odd: [answer] })).toMatchObject(outcome)
  expect(state(run)).toMatchObject(states)
})

test('an undo that takes something out is guarded: what the guard refuses stays, and so does what it stands on', async () => {
  const run = await Journaled.run(world(), [[set('web1', 'new')], [setGuarded('lb1', 'busy', 'app')]])
  run.world.break('check', 'app', 1)
  expect(await run.rollback()).toMatchObject({ ended: 'left', left: ['lb1: set back', 'web1: set back'] })
  expect(state(run)).toMatchObject({ lb1: 'busy', web1: 'new' })
  expect(await run.rollback()).toMatchObject({ ended: 'put-back' })
})

test('a run that is over is not gone on with: done, put back, nothing to do', async () => {
  const done = await Journaled.run(world(), drainThenUpgrade)
  expect(await done.resume()).toMatchObject({ ended: 'already', note: 'it is done', left: [] })
  expect(await done.rollback()).toMatchObject({ ended: 'put-back' })
  expect(await done.resume()).toMatchObject({ ended: 'already', note: 'it was put back' })
  expect(await done.rollback()).toMatchObject({ ended: 'already', note: 'nothing of it is left to put back' })
  expect(await done.resume()).toMatchObject({ ended: 'already', note: 'it was put back' })
  expect(done.world.log).toEqual([])
})

test('Ctrl-C between two undos: interrupted, and another rollback ends it', async () => {
  const run = await Journaled.run(world(), drainThenUpgrade)
  const pause = new AbortController()
  run.world.when('undo', 'web1', () => pause.abort())
  expect(await run.rollback({}, undefined, { pause })).toMatchObject({ ended: 'interrupted' })
  expect(await run.rollback()).toMatchObject({ ended: 'put-back' })
})

test('Ctrl-C where an undo waits: interrupted at once, the step is owed still, and another rollback ends it', async () => {
  const run = await Journaled.run(world(), drainThenUpgrade)
  const pause = new AbortController()
  run.world.when('undo', 'web1', () => {
    run.world.states.set('web1', 'stuck')
    pause.abort()
  })
  expect(await run.rollback({}, undefined, { pause })).toMatchObject({
    ended: 'interrupted',
    left: ['web1: set back', 'lb1: set back'],
  })
  run.world.states.set('web1', 'new')
  expect(await run.rollback()).toMatchObject({ ended: 'put-back' })
})

test('a journal that cannot be written any more: what is taken back stops, and what is left is named', async () => {
  const run = await Journaled.run(world(), drainThenUpgrade)
  const full = ({ event }: { event: string }) => {
    if (run.world.state('web1') === 'old' && event !== 'end') throw new Error('ENOSPC: no space left on device')
  }
  expect(await run.rollback({}, undefined, { onRecord: full })).toMatchObject({
    ended: 'left',
    left: ['lb1: set back'],
    error: { code: 'journal-lost' },
  })
  expect(state(run)).toMatchObject({ lb1: 'drain', web1: 'old' })
  // What was undone and could not be told is found so.
  expect(await run.rollback()).toMatchObject({ ended: 'put-back' })
  expect(state(run)).toMatchObject({ lb1: 'ready', web1: 'old' })
})

test('neither, and Ctrl-C at the question: interrupted, and nobody has answered', async () => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint')
  const pause = new AbortController()
  const around = { pause, onRecord: ({ event }: Happening) => void (event === 'odd' && pause.abort()) }
  expect(await run.resume({ odd: ['pause'] }, undefined, around)).toMatchObject({ ended: 'interrupted' })
  expect(only(run.world.log, 'answer')).toEqual([])
})

test.each(['resume', 'rollback'] as const)('neither, and Ctrl-C while %s looks on: it ends there', async (way) => {
  const run = await diedAt(drainThenUpgrade, upTo('2.web1'))
  run.world.states.set('lb1', 'maint').set('web1', 'old')
  run.world.patience = 3_600_000
  const pause = new AbortController()
  run.world.when(way === 'resume' ? 'verify' : 'undone', 'lb1', () => pause.abort())
  expect(await run[way]({}, undefined, { pause })).toMatchObject({ ended: 'interrupted' })
  expect(only(run.world.log, 'apply', 'undo', 'odd')).toEqual([])
  expect(state(run)).toEqual({ lb1: 'maint', web1: 'old', app: 'idle' })
})
