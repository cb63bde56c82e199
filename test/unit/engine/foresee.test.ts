import { describe, expect, test } from 'vitest'
import { ahead } from '../../../src/engine/foresee.ts'
import { historyOf } from '../../../src/engine/history.ts'
import type { Stage } from '../../../src/engine/plan.ts'
import { deaths, Journaled } from './deaths.ts'
import { guard, only, set, wait, World } from './world.ts'

const before = { lb1: 'ready', lb2: 'ready', web1: 'old', app: 'idle' }
const stages = [
  [guard('lb1')],
  [set('lb1', 'drain'), set('lb2', 'drain')],
  [wait('app', 'idle')],
  [set('web1', 'new')],
  [set('lb1', 'ready')],
]
const idsOf = (foreseen: readonly Stage[]) => foreseen.flatMap(({ steps }) => steps.map(({ id }) => id)).toSorted()
const deeds = (log: readonly string[]) => only(log, 'apply', 'undo')
/** The steps that a process began to do, or to undo. */
const begun = (log: readonly string[], event: 'applying' | 'undoing') =>
  only(log, event).map((line) => line.split(' ')[1] ?? '')
const whole = await Journaled.run(new World(before), stages)

describe.each(deaths(whole.happenings.length - 2))('killed $when event $event', (death) => {
  test('what a resume would do is what it does, and nothing is touched by asking', async () => {
    const run = await Journaled.run(new World(before), stages, death)
    const { length } = run.happenings
    const { stages: foreseen } = await run.foresee('resume')
    expect(deeds(run.world.log)).toEqual([])
    expect(run.happenings).toHaveLength(length)
    await run.resume()
    expect(idsOf(foreseen)).toEqual(expect.arrayContaining(begun(run.world.log, 'applying')))
    const changes = whole.happenings.flatMap((one) => (one.event === 'applying' ? [one.step] : []))
    expect(idsOf(foreseen).filter((id) => changes.includes(id))).toEqual(begun(run.world.log, 'applying').toSorted())
  })

  test('what a rollback would undo is what it undoes, last first', async () => {
    const run = await Journaled.run(new World(before), stages, death)
    const { stages: foreseen, commands, note } = await run.foresee('rollback')
    expect(deeds(run.world.log)).toEqual([])
    await run.rollback()
    expect(idsOf(foreseen)).toEqual(begun(run.world.log, 'undoing').toSorted())
    expect(foreseen.map(({ number }) => number)).toEqual(foreseen.map(({ number }) => number).toSorted((a, b) => b - a))
    expect(note === undefined || commands.length === 0).toBe(true)
  })
})

test('of a run that is over, why there is nothing to do', async () => {
  const run = await Journaled.run(new World(before), stages)
  expect(await run.foresee('resume')).toMatchObject({ note: 'it is done', stages: [] })
  await run.rollback()
  expect(await run.foresee('resume')).toMatchObject({ note: 'it was put back' })
  expect(await run.foresee('rollback')).toMatchObject({ note: 'nothing of it is left to put back' })
})

test('what somebody else has changed is in the way', async () => {
  const death = { when: 'after', event: whole.happenings.findIndex(({ event }) => event === 'stage-end') + 6 } as const
  const run = await Journaled.run(new World(before), stages, death)
  run.world.states.set('lb1', 'maint')
  run.world.patience = 20
  expect(await run.foresee('resume', { odd: ['pause'] })).toMatchObject({ error: { code: 'odd-world' } })
  await expect(run.foresee('rollback', { odd: ['pause'] })).rejects.toMatchObject({ code: 'odd-world' })
})

test('what is half done is told as not done, and left so', async () => {
  const at = whole.happenings.findIndex(({ event }) => event === 'applying')
  const run = await Journaled.run(new World(before), stages, { when: 'after', event: at })
  run.world.states.set('lb1', 'half')
  run.world.patience = 20
  expect(idsOf((await run.foresee('resume')).stages)).toContain('2.lb1')
  expect(run.world.state('lb1')).toBe('half')
})

test('by the journal alone: what is not seen to be done, and what is owed', async () => {
  const at = whole.happenings.findIndex(({ event }) => event === 'stage-end')
  const run = await Journaled.run(new World(before), stages, { when: 'after', event: at + 8 })
  const history = historyOf(run.events)
  expect(ahead(history, 'resume').map(({ number }) => number)).toEqual([3, 4, 5])
  expect(ahead(history, 'rollback').map(({ title }) => title)).toEqual([expect.stringMatching(/^undo: /)])
})
