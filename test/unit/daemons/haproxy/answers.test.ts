import { describe, expect, test } from 'vitest'
import { isWorkerGone, splitAnswers, verdict } from '../../../../src/daemons/haproxy/answers.ts'
import { answer, answers, fixture, versions } from './fixture.ts'

describe('one connection, several answers', () => {
  test('an order that took is an empty line', () => expect(splitAnswers('\n\n', 2)).toEqual(['', '']))
  test('an answer ends with an empty line', () => expect(splitAnswers('a\nb\n\nc\n\n', 2)).toEqual(['a\nb', 'c']))
  test('orders and answers mixed', () =>
    expect(splitAnswers('\nNo such server.\n\n\n', 3)).toEqual(['', 'No such server.', '']))
  test.each([
    ['', 1],
    ['a', 1],
    ['a\n', 1],
    ['a\n\nb\n', 2],
  ])('%j to %i is cut off', (said, commands) =>
    expect(splitAnswers(said, commands)).toEqual({ unreadable: 'it was cut off' }),
  )
  test('fewer than asked', () => expect(splitAnswers('a\n\n', 2)).toEqual({ unreadable: '1 answers to 2 commands' }))
  test('more than asked', () =>
    expect(splitAnswers('a\n\nb\n\n', 1)).toEqual({ unreadable: '2 answers to 1 commands' }))
})

describe.each(versions)('HAProxy %s', (version) => {
  const dir = `haproxy-${version}`

  test('answers three questions in one round', () => {
    expect(answers(`${dir}/servers.txt`, 3).map((said) => said.split('\n')[0]?.slice(0, 20))).toEqual([
      '1',
      '# pxname,svname,qcur',
      '# bkname/svname bkid',
    ])
  })
  test('goes on after an order it refuses', () => {
    expect(answers(`${dir}/orders.txt`, 4)).toEqual([
      '',
      "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.",
      'No such server.',
      '',
    ])
  })
  test('does not know a command', () => expect(verdict(answer(`${dir}/unknown.txt`))).toBe('unknown-command'))
  test('a master without that worker ends the connection', () => {
    expect(isWorkerGone(fixture(`${dir}/worker-gone.txt`))).toBe(true)
  })
})

test.each([
  ["Name: HAProxy\n\nCan't find the target PID matching the prefix '@!77'\n", true],
  ["Can't find the target PID matching the prefix '@!7", false],
  ["Can't find backend.\n", false],
])('%j: the worker is gone: %s', (said, gone) => expect(isWorkerGone(said)).toBe(gone))

test.each([
  ['Permission denied', 'level'],
  ['No such backend.', 'no-seat'],
  ['No such server.', 'no-seat'],
  ['No such proxy.', 'no-seat'],
  ["Can't find backend.", 'no-seat'],
  ["Unknown command: 'bogus', but maybe one of the following ones is a better match:", 'unknown-command'],
  ['', 'fine'],
  ['1\n# be_id', 'fine'],
] as const)('%j is %s', (said, kind) => expect(verdict(said)).toBe(kind))
