import { spawnSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { AfterMark, frame, newMark } from '../../../src/hosts/frame.ts'

describe('after the mark', () => {
  const mark = 'zdt-0123'
  const whole = Buffer.from(`\u001b[1mWelcome\nzdt-01 almost\n  ${mark} 4711\n\u0000answer\nwith ${mark} in it\n`)

  test.each([1, 2, 3, 7, 1000])('nothing of a chatty rc file comes through, in pieces of %i bytes', async (size) => {
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      whole.subarray(index * size, (index + 1) * size),
    )
    const after = Readable.from(pieces).pipe(new AfterMark(mark))
    expect((await buffer(after)).toString()).toBe(`\u0000answer\nwith ${mark} in it\n`)
    expect(after.said).toBe('4711')
  })

  test('without a mark there is no answer, only noise', async () => {
    const after = Readable.from([Buffer.from('This account is not available.\n')]).pipe(new AfterMark(mark))
    expect(await buffer(after)).toHaveLength(0)
    expect([after.said, after.noise]).toEqual([undefined, 'This account is not available.\n'])
  })
})

test.each(['/bin/sh', '/bin/bash'])('a line for %s runs the program itself, in a group that is told', (shell) => {
  const mark = newMark()
  const { stdout, stderr, status } = spawnSync(shell, [
    '-c',
    frame(['sh', '-c', 'echo "$1"; exit 7', 'x', "it's\n$HOME"], mark),
  ])
  expect(status).toBe(7)
  expect(stdout.toString()).toMatch(new RegExp(`^${mark} \\d+\nit's\n\\$HOME\n$`))
  expect(stderr.toString()).toBe(`${mark}\n`)
})
