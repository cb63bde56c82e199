import { expect, test } from 'vitest'
import { heedWords, type Words } from '../../../src/cli/heed-words.ts'
import { unattended } from '../../../src/cli/unattended.ts'
import { sleep } from '../../../src/lib/clock.ts'
import type { Happening } from '../../../src/engine/events.ts'
import { newWord, type Word } from '../../../src/hosts/lease/words.ts'

/** A run whose leases bring it words, and what it keeps of them. */
function listening(): { words: Words; say: (verb: Word['verb'], number?: number) => void; kept: Happening[] } {
  const kept: Happening[] = []
  let hear: (word: Word) => void = () => undefined
  const words = heedWords(
    { onWord: (listener) => void (hear = listener) },
    // The journal's own way: a line has its place at once, and is on disk later.
    async (happening) => {
      kept.push(happening)
      await Promise.resolve()
    },
  )
  return { words, kept, say: (verb, number = 0) => hear(newWord({ verb, by: 'anna@ops2', number })) }
}

const asking = (number: number) => ({ at: 0, event: 'asking', number, question: 'Good?' }) as const
const stage = { number: 7, title: 'more of it', steps: [], asks: 'Good?', approval: true } as const
const flags = { 'on-failure': undefined, 'on-timeout': undefined } as const

test('pause pauses, abort does both, and who said it is kept', () => {
  const first = listening()
  first.say('pause')
  expect([first.words.pause.aborted, first.words.abort.aborted]).toEqual([true, false])
  expect(first.kept).toMatchObject([{ event: 'word', word: 'pause', by: 'anna@ops2', heeded: true }])
  first.say('abort')
  expect(first.words.abort.aborted).toBe(true)
})

test('promote is a yes to what is asked now, by its number, and to nothing else', () => {
  const { words, say, kept } = listening()
  say('promote', 7)
  words.follow(asking(7))
  const approval = words.approval()
  say('promote', 6)
  expect(approval.aborted).toBe(false)
  say('promote', 7)
  expect(approval.aborted).toBe(true)
  words.follow({ at: 0, event: 'answer', number: 7, asked: 'run', answer: 'yes' })
  words.follow(asking(9))
  expect(words.approval().aborted).toBe(false)
  say('promote', 7)
  expect(words.approval().aborted).toBe(false)
  expect(kept).toMatchObject([false, false, true, false].map((heeded) => ({ word: 'promote', heeded })))
})

test('a run that has ended takes no word any more', () => {
  const { words, say, kept } = listening()
  words.close()
  say('abort')
  expect(words.pause.aborted).toBe(false)
  expect(kept).toEqual([])
})

test('unattended, an approval pauses at once; with --wait-for-approval when its time is over', async () => {
  const { words } = listening()
  words.follow(asking(7))
  expect(await unattended(flags, 'leave', words).confirm(stage, true)).toBe('pause')
  const waiting = unattended({ ...flags, 'wait-for-approval': 20 }, 'leave', words)
  expect(waiting.waits).toBe(20)
  expect(await waiting.confirm(stage, true)).toBe('pause')
})

test('a promotion ends the waiting with yes, a pause with pause; what needs no approval waits for none', async () => {
  const forever = { ...flags, 'wait-for-approval': 365 * 24 * 3_600_000 }
  const promoted = listening()
  promoted.words.follow(asking(7))
  const yes = unattended(forever, 'leave', promoted.words).confirm(stage, true)
  // A timer that was given more than it can do is over at once.
  await sleep(50)
  promoted.say('promote', 7)
  expect(await yes).toBe('yes')
  const paused = listening()
  paused.words.follow(asking(7))
  const no = unattended(forever, 'leave', paused.words).confirm(stage, true)
  paused.say('pause')
  expect(await no).toBe('pause')
  const { approval: _none, ...free } = stage
  expect(await unattended(forever, 'leave', paused.words).confirm(free, true)).toBe('yes')
})
