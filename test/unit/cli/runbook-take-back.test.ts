import { expect, test, vi } from 'vitest'
import { takeBack } from '../../../src/cli/runbook/take-back.ts'
import type { RunbookStand } from '../../../src/cli/runbook/sitting.ts'
import type { Going } from '../../../src/cli/runbook/steps.ts'
import type { Happening } from '../../../src/engine/events.ts'
import type { Exit } from '../../../src/lib/exit-codes.ts'
import type { RunId } from '../../../src/lib/types.ts'

const exits: Exit[] = []
vi.mock(import('../../../src/cli/go-on.ts'), () => ({ goOn: () => Promise.resolve(exits.shift() ?? 'ok') }))

const going = (number: number): Going => ({
  id: `${number}.book`,
  number,
  step: { name: `step ${number}`, zdt: ['drain', 'app2'], before: [], after: [] },
  progress: 'verified',
  run: `RUN${number}` as RunId,
  ended: 'done',
  begun: true,
})

async function back(...came: readonly Exit[]) {
  exits.splice(0, exits.length, ...came)
  const happenings: Happening[] = []
  const journal = {
    record: (happening: Happening) => Promise.resolve(void happenings.push(happening)),
    takenOver: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  }
  const stand = { flags: {} } as RunbookStand
  const { ended, exit } = await takeBack([going(1), going(2)], { title: 'the book', stand, journal })
  return { ended, exit, undone: happenings.flatMap((one) => (one.event === 'undone' ? [one.step] : [])) }
}

test('a step that was taken back and lost a request is taken back: those before it are, too, and that is told', async () => {
  expect(await back('lost', 'ok')).toEqual({ ended: 'put-back', exit: 'lost', undone: ['2.book', '1.book'] })
})

test('one that could not be taken back, or was interrupted, ends it there', async () => {
  expect(await back('left')).toEqual({ ended: 'left', exit: undefined, undone: [] })
  expect(await back('ok', 'interrupted')).toEqual({ ended: 'interrupted', exit: 'interrupted', undone: ['2.book'] })
})
