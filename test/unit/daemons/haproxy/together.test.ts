import { expect, test } from 'vitest'
import { JoinedOrders, keyOf, SharedQuestions } from '../../../../src/daemons/haproxy/together.ts'
import type { Host } from '../../../../src/hosts/host.ts'

const host = { name: 'lb1' } as Host
const other = { name: 'lb2' } as Host

/** Something that is sent, and answered when the test says so. */
function post<Answer>() {
  const sent: {
    readonly what: string
    readonly answer: (said: Answer) => void
    readonly fail: (why: Error) => void
  }[] = []
  const send = (what: string) =>
    new Promise<Answer>((answer, fail) => {
      sent.push({ what, answer, fail })
    })
  return { sent, send }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('who asks while the same is under way is never answered by what was asked before', async () => {
  const { sent, send } = post<string>()
  const questions = new SharedQuestions<string>()
  const ask = () => questions.ask(host, 'show stat', () => send('show stat'))
  const first = ask()
  const later = [ask(), ask(), ask()]
  expect(sent).toHaveLength(1)
  sent[0]?.answer('one')
  await expect(first).resolves.toBe('one')
  await settled()
  expect(sent).toHaveLength(2)
  sent[1]?.answer('two')
  await expect(Promise.all(later)).resolves.toEqual(['two', 'two', 'two'])
  const after = ask()
  expect(sent).toHaveLength(3)
  sent[2]?.answer('three')
  await expect(after).resolves.toBe('three')
})

test('another question, or one to another host, goes at once; a failure is told to those who asked it, and is over', async () => {
  const { sent, send } = post<string>()
  const questions = new SharedQuestions<string>()
  const asked = [
    questions.ask(host, 'a', () => send('a')),
    questions.ask(host, 'b', () => send('b')),
    questions.ask(other, 'a', () => send('a')),
  ]
  const next = questions.ask(host, 'a', () => send('a'))
  expect(sent).toHaveLength(3)
  sent[0]?.fail(new Error('silent'))
  for (const one of sent.slice(1)) one.answer('fine')
  await expect(asked[0]).rejects.toThrow('silent')
  await settled()
  sent[3]?.answer('now')
  await expect(next).resolves.toBe('now')
})

test('orders that come while others are under way go together, and each is answered for itself', async () => {
  const { sent, send } = post<readonly string[]>()
  const orders = new JoinedOrders()
  const tell = (...all: string[]) => orders.tell(host, 'socket', all, (joined) => send(joined.join(';')))
  const told = [tell('a'), tell('b', 'c'), tell('d')]
  expect(sent.map(({ what }) => what)).toEqual(['a'])
  sent[0]?.answer([''])
  await settled()
  expect(sent.map(({ what }) => what)).toEqual(['a', 'b;c;d'])
  sent[1]?.answer(['', 'no such server', ''])
  await expect(Promise.all(told)).resolves.toEqual([[''], ['', 'no such server'], ['']])
  const next = tell('e')
  await settled()
  sent[2]?.fail(new Error('gone'))
  await expect(next).rejects.toThrow('gone')
})

test('an order that comes in the moment in which the last was answered is sent, too', async () => {
  const orders = new JoinedOrders()
  const send = (all: readonly string[]) => Promise.resolve(all)
  const first = orders.tell(host, 'socket', ['a'], send)
  // In each of the turns that the promises behind it take.
  const others: Promise<readonly string[]>[] = []
  for (let turn = 0; turn < 12; turn++) {
    await Promise.resolve()
    others.push(orders.tell(host, 'socket', [String(turn)], send))
  }
  await expect(first).resolves.toEqual(['a'])
  await expect(Promise.all(others)).resolves.toEqual(others.map((_, turn) => [String(turn)]))
})

test('a line has room for so many: the others go by the next', async () => {
  const { sent, send } = post<readonly string[]>()
  const orders = new JoinedOrders()
  const told = Array.from({ length: 60 }, (_, index) =>
    orders.tell(host, 'socket', [String(index)], (joined) => send(joined.join(';'))),
  )
  for (let turn = 0; turn < 3; turn++) {
    const { what = '', answer } = sent[turn] ?? {}
    answer?.(what.split(';').map((word) => `did ${word}`))
    await settled()
  }
  expect(sent.map(({ what }) => what.split(';').length)).toEqual([1, 40, 19])
  expect((await Promise.all(told)).flat()).toEqual(told.map((_, index) => `did ${index}`))
})

test('only what ends together goes together', () => {
  const [one, two] = [new AbortController().signal, new AbortController().signal]
  expect(keyOf('/a', { signal: one })).toBe(keyOf('/a', { signal: one }))
  expect(keyOf('/a', { signal: one })).not.toBe(keyOf('/a', { signal: two }))
  expect(keyOf('/a', { signal: one })).not.toBe(keyOf('/a'))
  expect(keyOf('/a', { timeout: 5 })).not.toBe(keyOf('/a'))
})
