import { describe, expect, test } from 'vitest'
import { LeaseLost } from '../../../src/hosts/lease/errors.ts'
import { deaths, Journaled } from './deaths.ts'
import { brief, guard, only, set, setGuarded, wait, World } from './world.ts'

const before = { lb1: 'ready', lb2: 'ready', web1: 'old', app: 'idle' }
const after = { lb1: 'ready', lb2: 'drain', web1: 'new', app: 'idle' }
/** Takes lb1 out, waits, changes web1, brings lb1 back: a later step changes what an earlier one set. */
const stages = [
  [guard('lb1')],
  [set('lb1', 'drain'), set('lb2', 'drain')],
  [wait('app', 'idle')],
  [guard('web1')],
  [set('web1', 'new')],
  [set('lb1', 'ready')],
]
const state = (world: World) => Object.fromEntries(world.states)
const whole = await Journaled.run(new World(before), stages)
const moments = deaths(whole.happenings.length - 2)

describe.each(moments)('killed $when event $event', (death) => {
  test('resumed, it is done', async () => {
    const run = await Journaled.run(new World(before), stages, death)
    expect(await run.resume()).toMatchObject({ ended: 'done', left: [] })
    expect(state(run.world)).toEqual(after)
    // What is owed includes what the process that died had done.
    expect(await run.rollback()).toMatchObject({ ended: 'put-back' })
    expect(state(run.world)).toEqual(before)
  })

  test('rolled back, everything is as it was', async () => {
    const run = await Journaled.run(new World(before), stages, death)
    const touched = state(run.world)
    const ran = await run.rollback()
    expect(state(run.world)).toEqual(before)
    expect(ran).toMatchObject({ left: [] })
    expect(ran).toHaveProperty(
      'ended',
      run.happenings.some(({ event }) => event === 'applying') ? 'put-back' : 'already',
    )
    if (touched === before) expect(only(run.world.log, 'undo')).toEqual([])
  })

  test('the one who resumes dies as well, at the same moment of his own: a third one ends it, either way', async () => {
    for (const way of ['resume', 'rollback'] as const) {
      const run = await Journaled.run(new World(before), stages, death)
      await run.resume({}, death)
      expect(await run[way]()).toMatchObject({ left: [] })
      expect(state(run.world)).toEqual(way === 'resume' ? after : before)
    }
  })

  test('the one who rolls back dies as well: another rollback, or a resume, ends it', async () => {
    for (const way of ['resume', 'rollback'] as const) {
      const run = await Journaled.run(new World(before), stages)
      await run.rollback({}, death)
      if (run.happenings.at(-1)?.event === 'end') return
      expect(await run[way]()).toMatchObject({ left: [] })
      expect(state(run.world)).toEqual(way === 'resume' ? after : before)
    }
  })
})

describe('a stage that only a person approves', () => {
  const rising = [
    [set('lb1', 'drain')],
    [guard('lb1'), set('web1', 'new')],
    [wait('app', 'idle')],
    [set('lb1', 'ready')],
  ]
  // As an unattended run answers.
  const answers = { confirm: (_stage: number, approval: boolean) => (approval ? 'pause' : 'yes') } as const

  test('the run pauses before it, and whoever resumes it has said yes to that one, and to no other', async () => {
    const run = await Journaled.run(new World(before), rising, undefined, { approvals: [2, 4], answers })
    expect(run.happenings.at(-1)).toMatchObject({ event: 'end', ended: 'paused' })
    expect(state(run.world)).toMatchObject({ lb1: 'drain', web1: 'old' })
    expect(await run.resume(answers)).toMatchObject({ ended: 'paused' })
    expect(state(run.world)).toMatchObject({ lb1: 'drain', web1: 'new' })
    expect(await run.resume(answers)).toMatchObject({ ended: 'done' })
    expect(state(run.world)).toMatchObject({ lb1: 'ready', web1: 'new' })
  })

  test('one that died before it asked has no yes', async () => {
    const first = await Journaled.run(new World(before), rising, undefined, { approvals: [4], answers })
    const third = first.happenings.findIndex((one) => one.event === 'stage' && one.number === 3)
    const run = await Journaled.run(
      new World(before),
      rising,
      { when: 'after', event: third },
      { approvals: [4], answers },
    )
    expect(await run.resume(answers)).toMatchObject({ ended: 'paused' })
    expect(state(run.world)).toMatchObject({ lb1: 'drain', web1: 'new' })
  })

  test.each(['asked', 'paused'])(
    'one that was adopted, or lost its lease, before it was answered has no yes: %s',
    async (how) => {
      const pause = new AbortController()
      const asked = { event: 'asking', number: 2 }
      const world = new World(before)
      const run = await Journaled.run(world, rising, undefined, {
        approvals: [2],
        waits: 60_000,
        pause,
        answers: {
          confirm: (_stage: number, approval: boolean) => {
            if (approval) pause.abort(new LeaseLost('lb1', 'the lease host has ended'))
            return approval ? 'pause' : 'yes'
          },
        },
      })
      expect(run.happenings).toContainEqual(expect.objectContaining(asked))
      expect(run.happenings.at(-1)).toMatchObject({ event: 'end', ended: 'paused' })
      if (how === 'asked') run.happenings.splice(run.happenings.findIndex(({ event }) => event === 'asking') + 1)
      run.happenings.push({ event: 'adopted', operator: 'oncall@ops2', pid: 2 })
      expect(await run.resume(answers)).toMatchObject({ ended: 'paused' })
      expect(state(run.world)).toMatchObject({ lb1: 'drain', web1: 'old' })
      // That one was answered, by whoever resumes it now.
      expect(await run.resume(answers)).toMatchObject({ ended: 'done' })
    },
  )

  test('what was said yes to, and failed then, is not asked again', async () => {
    const world = new World(before).break('apply', 'web1', 1)
    const yes = { confirm: () => 'yes' as const, failed: ['pause' as const] }
    const run = await Journaled.run(world, rising, undefined, { approvals: [2], answers: yes })
    expect(run.happenings.at(-1)).toMatchObject({ event: 'end', ended: 'paused' })
    expect(await run.resume(answers)).toMatchObject({ ended: 'done' })
  })

  test('rolled back, no approval is asked and no guard of the way there: the guard of an undo alone', async () => {
    const guarded = [
      [setGuarded('lb1', 'drain', 'lb2')],
      [guard('lb1'), set('web1', 'new')],
      [wait('app', 'idle')],
      [set('lb2', 'ready')],
    ]
    const run = await Journaled.run(new World(before), guarded, undefined, { approvals: [2, 4], answers })
    await run.resume(answers)
    expect(state(run.world)).toMatchObject({ lb1: 'drain', web1: 'new' })
    const never = { confirm: () => Promise.reject(new Error('asked')) as never }
    expect(await run.rollback(never)).toMatchObject({ ended: 'put-back' })
    expect(run.world.log.filter((line) => /^ *check /.test(line))).toEqual(['  check lb2'])
    expect(state(run.world)).toMatchObject({ lb1: before.lb1, web1: before.web1 })
  })
})

describe('what ends by itself', () => {
  const brieflyThenUpgrade = [
    [guard('lb1')],
    [brief('lb1', 'helps', 'web1')],
    [set('web1', 'new')],
    [wait('app', 'idle')],
  ]

  test('is not done again past what it was for, nor is what was checked before it', async () => {
    const answers = { timedOut: ['leave'] } as const
    const run = await Journaled.run(new World({ ...before, app: 'busy' }), brieflyThenUpgrade, undefined, { answers })
    run.world.states.set('lb1', 'ready').set('app', 'idle')
    expect(await run.resume()).toMatchObject({ ended: 'done', left: [] })
    expect(only(run.world.log, 'check', 'apply')).toEqual([])
    expect(state(run.world)).toMatchObject({ lb1: 'ready', web1: 'new' })
  })

  test('is done again before that', async () => {
    const world = new World({ ...before, app: 'busy' }).break('observe', 'web1', 1)
    const run = await Journaled.run(world, brieflyThenUpgrade, undefined, { answers: { failed: ['pause'] } })
    run.world.states.set('lb1', 'ready').set('app', 'idle')
    expect(await run.resume()).toMatchObject({ ended: 'done' })
    expect(only(run.world.log, 'check', 'apply')).toEqual(['  check lb1', '  apply lb1', '  apply web1'])
  })
})
