import { expect, test } from 'vitest'
import { carryOut } from '../../../src/engine/carry-out.ts'
import type { Event, Happening } from '../../../src/engine/events.ts'
import type { Lot, StepDraft } from '../../../src/engine/plan.ts'
import { resume, rollback } from '../../../src/engine/resume.ts'
import { only, planOf, processOn, set, wait, World, type Answers, type Around } from './world.ts'

const of = (name: string, step: StepDraft, more: Partial<Lot> = {}): StepDraft => ({ ...step, lot: { name, ...more } })

/** Two servers and the load balancer's view of each: deployed, brought into rotation, watched. */
const stages = [
  [of('a', set('a', 'new')), of('b', set('b', 'new'))],
  [of('a', set('lb-a', 'ready'), { goesBack: true }), of('b', set('lb-b', 'ready'), { goesBack: true })],
  [of('a', wait('a', 'new')), of('b', wait('b', 'new'))],
  [set('c', 'new')],
]
const world = () => new World({ a: 'old', b: 'old', c: 'old', 'lb-a': 'drain', 'lb-b': 'drain' })
const states = ({ states: all }: World) => [...all].map(([host, state]) => `${host} ${state}`).join(', ')

function roll(on: World, mayFail: number, answers: Answers = {}, around: Around = {}, journal: Happening[] = []) {
  const made = { ...planOf(stages), mayFail }
  const begin = { event: 'run', plan: made, operator: 'me', pid: 1 } as const
  return processOn(
    on,
    answers,
    around,
    async (engine) => {
      await engine.record(begin)
      return carryOut(made, engine)
    },
    journal,
  )
}
const told = (journal: readonly Happening[]) => journal.map((one): Event => ({ ...one, at: 0 }))

test('one that fails is left out as it is: nothing more is done to it, and the others go on', async () => {
  const ill = world().break('apply', 'b')
  const ran = await roll(ill, 1)
  expect(ran).toMatchObject({ ended: 'done', leftOut: [{ lot: 'b', error: { message: 'apply broke' } }], left: [] })
  expect(states(ill)).toBe('a new, b new, c new, lb-a ready, lb-b drain')
  expect(only(ill.log, 'observe')).not.toContain('  observe lb-b')
})

test('one that fails when it serves already serves no more', async () => {
  const ill = world().break('look', 'a')
  const ran = await roll(ill, 1)
  expect(ran).toMatchObject({ ended: 'done', leftOut: [{ lot: 'a' }] })
  expect(states(ill)).toBe('a new, b new, c new, lb-a drain, lb-b ready')
})

test('so does one whose time is over, and nobody is asked', async () => {
  const ill = world().when('look', 'b', () => ill.states.set('b', 'dead'))
  const ran = await roll(ill, 1)
  expect(ran).toMatchObject({ ended: 'done', leftOut: [{ lot: 'b', error: { message: 'still awaited: b is dead' } }] })
  expect(ill.state('lb-b')).toBe('drain')
})

test('one more than may fail, or none may: it is a failure like any other, and all goes back', async () => {
  for (const [mayFail, leftOut] of [
    [0, []],
    [1, ['left-out 1.a']],
  ] as const) {
    const ill = world().break('apply', 'a').break('look', 'b')
    const ran = await roll(ill, mayFail, { failed: ['put-back'] })
    expect(ran).toMatchObject({ ended: 'put-back', error: { message: mayFail === 0 ? 'apply broke' : 'look broke' } })
    expect(ran).not.toHaveProperty('leftOut')
    expect(only(ill.log, 'left-out')).toEqual(leftOut)
    expect(states(ill)).toBe('a old, b old, c old, lb-a drain, lb-b drain')
  }
})

test('what fails for all of them is left to nobody', async () => {
  const ill = world().break('apply', 'c')
  expect(await roll(ill, 2, { failed: ['put-back'] })).toMatchObject({ ended: 'put-back' })
})

test('where it cannot be taken out again, that is decided upon', async () => {
  const ill = world().break('look', 'a').break('undo', 'lb-a', 1)
  const ran = await roll(ill, 1, { failed: ['retry'] })
  expect(ran).toMatchObject({ ended: 'done', leftOut: [{ lot: 'a' }] })
  expect(ill.state('lb-a')).toBe('drain')
})

const whole = await roll(world().break('look', 'b'), 1)
const deaths = whole === 'died' ? [] : whole.happenings.map((_, index) => index + 1)

test.each([
  ['resume', resume, 'a new, b new, c new, lb-a ready, lb-b drain'],
  ['rollback', rollback, 'a old, b old, c old, lb-a drain, lb-b drain'],
] as const)('killed at any moment, then %s: it is left out as well, or taken back as well', async (_, way, after) => {
  expect(deaths.length).toBeGreaterThan(30)
  for (const event of deaths) {
    const ill = world().break('look', 'b')
    const journal: Happening[] = []
    await roll(ill, 1, {}, { dies: { when: 'after', event } }, journal)
    const ran = await processOn(ill, {}, {}, (engine) => way(told(journal), engine))
    expect(states(ill), `${event}: ${ran === 'died' ? ran : ran.ended}`).toBe(after)
  }
})
