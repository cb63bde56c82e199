import { describe, expect, test } from 'vitest'
import { LeaseLost } from '../../../../src/hosts/lease/errors.ts'
import type { Leases } from '../../../../src/hosts/lease/leases.ts'
import { breakLeases, readLeases } from '../../../../src/hosts/lease/read-leases.ts'
import { leaveWord, newWord, parseWords, type Word } from '../../../../src/hosts/lease/words.ts'
import { cleanUp } from '../fleet-of-fakes.ts'
import { ownBase, worlds, type Base } from './own-base.ts'

cleanUp()

const lasting = { term: 10_000, renewEvery: 1500 }
const once = { term: 5000, renewEvery: 60_000 }
const pause = () => newWord({ verb: 'pause', by: 'anna@ops2', number: 0 })

/** Each word that a run hears, from now on. */
function hearing(leases: Leases): Word[] {
  const heard: Word[] = []
  leases.onWord((word) => heard.push(word))
  return heard
}

async function tokenOf({ host, base }: Base, run: string): Promise<string> {
  const lease = (await readLeases(host, { base })).find((lease) => lease.run === run)
  return lease?.token ?? 'none'
}

const words = (on: Base) => on.sh('cd "$1/locks"; find . -name ".word-*" | wc -l', on.base).then(Number)

describe.each(worlds)('a word left on %s', (_name, world) => {
  test('is heard with the next renewal, once, and nothing of it stays', async () => {
    const on = await world()
    const heard = hearing(await on.take('AAAAAA', { terms: lasting }))
    const word = pause()
    await leaveWord(on.host, await tokenOf(on, 'AAAAAA'), word, on)
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual([word])
    await expect.poll(() => words(on), { timeout: 15_000 }).toBe(0)
    expect(heard).toEqual([word])
  })

  test('is heard by the run that it is for, and by no other on the same host', async () => {
    const on = await world()
    const others = hearing(await on.take('AAAAAA', { terms: lasting, scopes: ['pool-shop'] }))
    const heard = hearing(await on.take('BBBBBB', { terms: lasting }))
    const [first, second] = [pause(), newWord({ verb: 'promote', by: 'bob@ops1', number: 7 })]
    const token = await tokenOf(on, 'BBBBBB')
    await leaveWord(on.host, token, first, on)
    await leaveWord(on.host, token, second, on)
    await expect
      .poll(() => heard.map(({ id }) => id).toSorted(), { timeout: 15_000 })
      .toEqual([first.id, second.id].toSorted())
    expect(heard).toContainEqual(second)
    expect(others).toEqual([])
  })
})

test('a word is root’s alone, whole or not there, and names who said it', async () => {
  const on = await ownBase()
  await on.take('AAAAAA', { terms: once })
  const token = await tokenOf(on, 'AAAAAA')
  const word = newWord({ verb: 'abort', by: 'an\nna\u001b[2J@ops2', number: 0 })
  await leaveWord(on.host, token, word, on)
  const said = await on.sh('cd "$1/locks"; stat -c "%a %n" .word-*; cat .word-*; ls -A .new', on.base)
  expect(said).toBe(`600 .word-${token}-${word.id}\nabort 0 an na [2J@ops2\n`)
})

test('one that comes before anybody listens is kept for who does', async () => {
  const on = await ownBase()
  const leases = await on.take('AAAAAA', { terms: lasting })
  await leaveWord(on.host, await tokenOf(on, 'AAAAAA'), pause(), on)
  await expect.poll(() => words(on), { timeout: 15_000 }).toBe(0)
  expect(hearing(leases)).toMatchObject([{ verb: 'pause', by: 'anna@ops2' }])
})

test('there is none for a lease that has gone, has ended or never was', async () => {
  const on = await ownBase()
  const nobody = leaveWord(on.host, 'f00d', pause(), on)
  await expect(nobody).rejects.toThrow(LeaseLost)
  const leases = await on.take('AAAAAA')
  const token = await tokenOf(on, 'AAAAAA')
  await on.sh('sed -i "s/^up-until .*/up-until                1/" "$1/locks/host"', on.base)
  await expect(leaveWord(on.host, token, pause(), on)).rejects.toThrow(LeaseLost)
  await leases.release()
  await expect(leaveWord(on.host, token, pause(), on)).rejects.toThrow(LeaseLost)
  expect(await words(on)).toBe(0)
})

const ends: readonly (readonly [string, (on: Base, leases: Leases) => Promise<unknown>])[] = [
  ['released', (_on, leases) => leases.release()],
  ['broken', async (on) => breakLeases(on.host, await readLeases(on.host, on), on)],
  ['taken over', (on) => on.take('AAAAAA', { mayTakeOver: () => true, terms: lasting })],
]

test.each(ends)('one that nobody has heard goes when the lease is %s', async (_how, end) => {
  const on = await ownBase()
  await on.take('BBBBBB', { terms: once, scopes: ['vip-public'] })
  const leases = await on.take('AAAAAA', { terms: once })
  await leaveWord(on.host, await tokenOf(on, 'AAAAAA'), pause(), on)
  const stays = newWord({ verb: 'pause', by: 'bob@ops1', number: 0 })
  if (_how !== 'broken') await leaveWord(on.host, await tokenOf(on, 'BBBBBB'), stays, on)
  await end(on, leases)
  expect(await words(on)).toBe(_how === 'broken' ? 0 : 1)
})

test('whoever goes on with a run does not hear what was said to the process before', async () => {
  const on = await ownBase()
  await on.take('AAAAAA', { terms: once })
  await leaveWord(on.host, await tokenOf(on, 'AAAAAA'), pause(), on)
  const heard = hearing(await on.take('AAAAAA', { terms: lasting, mayTakeOver: () => true }))
  const later = pause()
  await leaveWord(on.host, await tokenOf(on, 'AAAAAA'), later, on)
  await expect.poll(() => heard, { timeout: 15_000 }).toEqual([later])
})

test('words are read among whatever else an answer holds', () => {
  const said = 'a chatty line\nword 12ab promote 7 anna@ops2\nword 34cd sing 0 bob@ops1\nword 56ef pause 0 \n'
  expect(parseWords(said)).toEqual([{ id: '12ab', verb: 'promote', number: 7, by: 'anna@ops2' }])
})
