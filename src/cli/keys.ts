import { readFileSync } from 'node:fs'
import { sleep } from '../lib/clock.ts'

/** The keyboard while a run goes on: what is typed meanwhile neither shows on the screen nor answers a later question. */
export interface Keys {
  /** Lends the keyboard to a prompt, which gets only what is typed once it is there. */
  lend<T>(prompt: () => Promise<T>): Promise<T>
  /** Leaves the terminal as it was. */
  release(): void
}

type Terminal = Pick<NodeJS.ReadStream, 'isTTY' | 'isRaw' | 'setRawMode' | 'on' | 'off' | 'pause' | 'resume'>

/** What the terminal itself no longer makes signals of, once keys are read one by one. */
const signals: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1a, 'SIGTSTP'],
  [0x1c, 'SIGQUIT'],
])

/** So long must nothing be typed before a question is asked, and no longer than this is it waited for, in ms. */
const quiet = 100
const atMost = 1000

/**
 * Takes the keyboard. Where there is none, or where we are in the background and would be stopped for touching it, nothing
 * is done. `kill` is for tests.
 */
export function holdKeys(
  stdin: Terminal = process.stdin,
  kill = (signal: NodeJS.Signals) => process.kill(process.pid, signal),
): Keys {
  if (stdin.isTTY) outliveTerminal(stdin)
  if (!stdin.isTTY || !inForeground()) return { lend: (prompt) => prompt(), release: () => undefined }
  let last = 0
  const drop = (typed: Buffer) => {
    last = Date.now()
    for (const byte of typed) {
      const signal = signals.get(byte)
      if (!signal) continue
      // Whoever is stopped, or ended, leaves the terminal to others.
      if (signal !== 'SIGINT') stdin.setRawMode(false)
      kill(signal)
    }
  }
  const take = () => {
    stdin.setRawMode(true)
    stdin.on('data', drop)
    stdin.resume()
  }
  const leave = () => {
    stdin.off('data', drop)
    stdin.pause()
    stdin.setRawMode(false)
  }
  // The shell has changed the terminal meanwhile.
  const again = () => {
    if (inForeground()) stdin.setRawMode(true)
  }
  process.on('SIGCONT', again)
  take()
  return {
    lend: async (prompt) => {
      const since = Date.now()
      last = since
      while (Date.now() - last < quiet && Date.now() - since < atMost) await sleep(quiet)
      leave()
      try {
        return await prompt()
      } finally {
        take()
      }
    },
    release: () => {
      process.off('SIGCONT', again)
      leave()
    },
  }
}

const outlived = new WeakSet<Terminal>()

/**
 * A terminal that goes away is no bug of ours, and SIGHUP tells of it. A prompt that is open hears of its end first, and closes; Node's
 * readline then sets the mode of what is gone, and throws what it hears of that.
 */
function outliveTerminal(stdin: Terminal): void {
  if (outlived.has(stdin)) return
  outlived.add(stdin)
  stdin.on('error', () => undefined)
  const setRawMode = stdin.setRawMode.bind(stdin)
  stdin.setRawMode = (mode) => {
    try {
      setRawMode(mode)
    } catch {
      // There is none to be set.
    }
    return stdin as NodeJS.ReadStream
  }
}

/** Does the terminal listen to us? By /proc/self/stat: our group is the terminal's (proc(5), fields 5 and 8). */
function inForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const [, , group, , , owner] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return group === owner
  } catch {
    return true
  }
}
