import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { vi, expect } from 'vitest'

/** script(1) of util-linux: is there one? */
export const hasTerminals = existsSync('/usr/bin/script')

/** A program at a terminal of its own, and the hands at its keyboard. */
export interface AtTerminal {
  type(keys: string): void
  /** Waits until the screen has shown it. */
  shows(what: RegExp): Promise<void>
  /** All that was written to the screen so far. */
  screen(): string
  readonly ended: Promise<number | null>
}

/** Starts a program of ours at a terminal. */
export function atTerminal(...argv: readonly string[]): AtTerminal {
  const command = [process.execPath, ...argv].map((word) => `'${word}'`).join(' ')
  const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm' } })
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()))
  return {
    type: (keys) => child.stdin.write(keys),
    shows: async (what) => {
      await vi.waitFor(() => expect(screen).toMatch(what), { timeout: 15_000, interval: 20 })
    },
    screen: () => screen,
    ended: new Promise((resolve) => child.once('close', resolve)),
  }
}
