import { afterEach, expect, test } from 'vitest'
import { listenForInterrupts, type Interrupts } from '../../../src/cli/signals.ts'

const keys = { lend: <T>(prompt: () => Promise<T>) => prompt(), release: () => undefined }
let listening: Interrupts | undefined
afterEach(() => listening?.dispose())

test.each([
  ['Ctrl-C twice', ['SIGINT', 'SIGINT'], true],
  ['Ctrl-C, then systemd', ['SIGINT', 'SIGTERM'], true],
  ['a terminal that closes, which its shell and the kernel tell', ['SIGHUP', 'SIGHUP'], false],
  ['Ctrl-C, and then the terminal closes', ['SIGINT', 'SIGHUP'], false],
  ['a terminal that closes, and whoever ends it for good', ['SIGHUP', 'SIGTERM'], true],
] as const)('%s: %j', (_, signals, stops) => {
  const said: string[] = []
  listening = listenForInterrupts((text) => said.push(text), keys)
  listening.begin()
  process.emit(signals[0])
  expect([listening.pause.aborted, listening.stop.aborted]).toEqual([true, false])
  process.emit(signals[1])
  expect(listening.stop.aborted).toBe(stops)
  expect(said).toEqual(['Finishing the step in hand, then pausing. Ctrl-C again stops at once.'])
})
