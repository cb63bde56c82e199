import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { sleep } from '../../../src/lib/clock.ts'
import { timeLimit } from '../../../src/lib/time-limit.ts'

describe('a time limit', () => {
  test('ends when nobody answers', async () => {
    const over = timeLimit(20)
    await once(over, 'abort')
    expect(over.reason).toMatchObject({ name: 'TimeoutError' })
  })

  test('an answer that came while we slept is heard first', async () => {
    const speaker = spawn('echo', ['here'])
    const over = timeLimit(100)
    const first = Promise.race([
      once(speaker.stdout, 'data').then(() => 'an answer'),
      once(over, 'abort').then(() => 'the end'),
    ])
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
    expect(await first).toBe('an answer')
  })

  test('the time in which we were stopped does not count, wherever in it that was', async () => {
    const over = timeLimit(900)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
    await sleep(300)
    expect(over.aborted).toBe(false)
    await once(over, 'abort')
  })
})
