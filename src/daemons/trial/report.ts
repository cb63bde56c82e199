import { parseFrames, type Frame } from '../frames.ts'
import { parseSockets, type Listener, type Sockets } from '../listeners.ts'

/** How a trial start ended. */
export type TrialOutcome =
  | 'lives'
  /** The daemon's own check says no, or it would start and not be what was meant. */
  | 'invalid'
  /** It passes its own check and ends at once, with an error. */
  | 'does-not-start'
  /** It lives, but without workers: it would accept connections and answer none (TRAPS, case 3). */
  | 'no-workers'
  /** Its workers die and are started again, over and over. */
  | 'unsteady'
  /** It neither ended nor lived within the time: it hangs, or is no such daemon. */
  | 'hangs'
  /** This host does not let us try: a hardened kernel, a container, a daemon that does not run. Nothing is known. */
  | 'cannot-be-tried'

/** An address that somebody else has: binding it would fail, or share it. */
export type Conflict = { readonly wanted: string; readonly taken: string }

/** How the trial of a configuration ended. Plain data: it may be shown and journaled. Nothing in it is secret. */
export type ConfigTrial = {
  readonly outcome: TrialOutcome | 'address-taken'
  /** The daemon's own words, or the kernel's, for the operator; empty when all is well. */
  readonly said: string
  /** What it warned of, a line each. */
  readonly warnings: readonly string[]
  readonly workers: number
  /** What it would listen on. */
  readonly listeners: readonly Listener[]
  /** Addresses that others on the host have: the trial, in a network of its own, does not run into them. */
  readonly conflicts: readonly Conflict[]
}

/** The frames of a trial's answer, and what is the same for every daemon. */
export interface TrialFrames {
  /** Undefined: look at the frames. */
  readonly ended: { readonly outcome: TrialOutcome; readonly said: string } | undefined
  readonly frame: (name: string) => Frame | undefined
  readonly all: (name: string) => Frame[]
  readonly text: (name: string) => string
  /** What is listened on on the host: by the daemon itself, and by others. */
  readonly host: Sockets
  /** What the one that was tried listened on. */
  readonly listeners: readonly Listener[]
}

/** Reads the answer of a trial (`trialCommand`). */
export function readTrial(answer: string): TrialFrames {
  const frames = parseFrames(answer, 'trial 1')
  const all = (name: string) => (frames ?? []).filter((one) => one.name === name)
  const frame = (name: string) => all(name)[0]
  const text = (name: string) => (frame(name)?.body ?? []).join('\n').trim()
  const started = frame('start') ?? frame('check')
  const ended = ((): TrialFrames['ended'] => {
    if (frames === undefined) return { outcome: 'cannot-be-tried', said: answer.trim().slice(-500) }
    if (frame('cannot') !== undefined) return { outcome: 'cannot-be-tried', said: text('cannot') }
    if (frame('ended')?.argument === '137') return { outcome: 'hangs', said: text('start') }
    if (started === undefined) return { outcome: 'cannot-be-tried', said: text('ended') }
    if (frame('check') && frame('check')?.argument !== '0') return { outcome: 'invalid', said: text('check') }
    return undefined
  })()
  return {
    ended,
    frame,
    all,
    text,
    host: parseSockets(frame('host')?.body ?? []),
    listeners: parseSockets(frame('sockets')?.body ?? []).own,
  }
}
