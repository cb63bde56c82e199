import { holdKeys, type Keys } from './keys.ts'

/** The two ways a run is interrupted. */
export interface Interrupts {
  /** First Ctrl-C (or SIGTERM, SIGHUP): finish the step in hand, then pause. */
  readonly pause: AbortSignal
  /** Second Ctrl-C, or SIGTERM: stop at once; the journal tells the truth. */
  readonly stop: AbortSignal
  /** From now on there are steps that may be in hand. */
  begin(): void
  /** Asks at the keyboard, where Ctrl-C arrives as a key and not as a signal. Nothing is in hand meanwhile. */
  ask<T>(prompt: () => Promise<T>): Promise<T>
  /** Ctrl-C at a prompt. */
  interrupt(): void
  /** Leaves the signals to Node again, and the keyboard to the shell. */
  dispose(): void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Aborted by the first SIGINT, SIGTERM or SIGHUP from now on, whatever else listens to it: what works without end, ends. */
export function firstInterrupt(): AbortSignal {
  const interrupted = new AbortController()
  for (const signal of signals) process.on(signal, () => interrupted.abort())
  return interrupted.signal
}

/** Listens to SIGINT, SIGTERM and SIGHUP until disposed of; `say` is told once what the first one does. */
export function listenForInterrupts(say: (text: string) => void, keys: Keys = holdKeys()): Interrupts {
  const pause = new AbortController()
  const stop = new AbortController()
  let asking = false
  let begun = false
  const interrupt = () => {
    if (pause.signal.aborted) {
      stop.abort(new DOMException('interrupted twice', 'AbortError'))
      return
    }
    const inHand = 'Finishing the step in hand, then pausing. Ctrl-C again stops at once.'
    if (!asking) say(begun ? inHand : 'Stopping.')
    pause.abort(new DOMException('interrupted', 'AbortError'))
  }
  // A terminal that closes says so twice, once by its shell and once by the kernel: that is no second wish.
  const hangUp = () => {
    if (!pause.signal.aborted) interrupt()
  }
  const heard = { SIGINT: interrupt, SIGTERM: interrupt, SIGHUP: hangUp }
  for (const signal of signals) process.on(signal, heard[signal])
  return {
    pause: pause.signal,
    stop: stop.signal,
    begin: () => {
      begun = true
    },
    ask: (prompt) =>
      keys.lend(async () => {
        asking = true
        try {
          return await prompt()
        } finally {
          asking = false
        }
      }),
    interrupt: () => {
      asking = true
      interrupt()
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, heard[signal])
      keys.release()
    },
  }
}

/**
 * A reader of our output that goes away, or a full disk under it, must not end a run in the middle of a step: what cannot
 * be written is dropped, the journal has it all. To be called before the first line is written.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    // oclif has put one there that lets a closed pipe be, and ends the process for all else.
    stream.removeAllListeners('error')
    stream.on('error', () => undefined)
  }
}
