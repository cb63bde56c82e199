import type { Host } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, Json, Millis } from '../lib/types.ts'
import type { StepDraft } from './plan.ts'

/** What a step is given to work with. */
export interface On {
  readonly host: Host
  /** The same step's name, for files it leaves on the host (`nginx.zdt-RUN`). */
  readonly run: string
  /** Aborted at the second Ctrl-C. */
  readonly signal: AbortSignal
  /** Another host of the fleet, on the run's one connection. */
  other(name: HostName): Promise<Host>
  /**
   * A text that the run brings to its hosts, by its sha256: kept in memory alone, since there may be secrets in it, and for
   * a run that is taken up again made anew. Throws NoUseWaiting when there is none.
   */
  text(sha256: string): Promise<string>
  /** What the run's probe has lost since the latest change was begun, and how much it may; undefined where none runs. */
  lost?(): Lost | undefined
}

/** Requests that the probe has lost. */
export interface Lost {
  readonly lost: number
  readonly allowed: number
}

/** The same host twice: to look at, and to change. */
export interface Both {
  readonly on: On
  readonly changing: On
}

/** What a step says of itself before it runs: pure, from its input alone; `--dry-run` prints it. */
export interface Description {
  readonly title: string
  /** The commands as they will be given, one a line, to be read and, if need be, typed by hand. */
  readonly commands: readonly string[]
}

/** Thrown by `verify` or `look` when waiting on is no use: it failed for good, and why is known. */
export class NoUseWaiting extends ZdtError {
  constructor(
    message: string,
    happened: { readonly host: string; readonly said?: string; readonly suggestions?: readonly string[] },
  ) {
    super(message, { code: 'step-failed', exit: 'left', ...happened })
  }
}

/** It failed, no later look will see otherwise, and only a person knows whether it is good enough all the same. */
export class EndedBadly extends NoUseWaiting {
  override readonly code: string = 'ended-badly'
}

/** Says what is still awaited, and for how long at the most. */
export type Tell = (awaiting: readonly string[], timeout: Millis) => Promise<void>

/** Not yet: what is still awaited, one short line each (who is still connected, which check has not passed). */
export interface Awaited {
  readonly done: boolean
  readonly awaiting: readonly string[]
  /** Of a wait that is over: what came of it, worth a line. */
  readonly came?: string
}

/** Whole lines of what a command has said. */
export interface Said {
  readonly lines: readonly string[]
  /** The byte to go on from. */
  readonly next: number
}

/**
 * A change: observe → isDone? → apply → verify, and undo back to what was observed.
 * `verify` and `undone` are polled until they say done or `patience` is over: never believe an exit code.
 */
export interface ChangeKind<Input extends Json, Found extends Json> {
  readonly flavour: 'change'
  readonly kind: string
  describe(input: Input, host: HostName): Description
  /** What a person would type on its host to put back what was found, one command a line, each to be run as it is. */
  describeUndo(input: Input, found: Found, host: HostName): readonly string[]
  observe(input: Input, on: On): Promise<Found>
  /** From what is there, so that a re-run is harmless. */
  isDone(input: Input, found: Found): boolean
  apply(input: Input, found: Found, on: On): Promise<void>
  verify(input: Input, found: Found, on: On): Promise<Awaited>
  /** `tell`: what it waits for, where it waits. */
  undo(input: Input, found: Found, on: On, tell?: Tell): Promise<void>
  /**
   * Is nothing of it left? Polled after `undo`, and asked by processes that know the journal alone. True as well where the
   * steps before it about the same thing are undone too.
   */
  undone(input: Input, found: Found, on: On): Promise<Awaited>
  /**
   * What it changes, such as `file web1 /usr/sbin/nginx`. A later step changes what an earlier one has set: of all that
   * were begun about one thing, only the latest must still hold.
   */
  about(input: Input, host: HostName): readonly string[]
  /**
   * May it be run (again) from here, as it is right before `apply`? Asked of a run that is resumed where it is not `undone`:
   * an undo may go back further than one step, or wait for more than what is needed to begin.
   */
  untouched?(input: Input, found: Found, on: On): Promise<Awaited>
  /**
   * It is neither done nor undone: is it as this step, or its undo, leaves it when it dies in the middle? Then `undo` knows
   * the way from there. Default false: somebody else did that, and it is asked about.
   */
  halfway?(input: Input, found: Found, on: On): Promise<boolean>
  /**
   * Things (see `about`) of which a later change makes it pointless: it ends by itself, and a run that is resumed past those
   * does not do it again.
   */
  protects?(input: Input, host: HostName): readonly string[]
  /** That it was done cannot be seen afterwards, and twice does no harm: begun and not verified, it is done again. */
  readonly traceless?: true
  /** Its `undo` looks for itself what there is to do: it is called whatever the world is like, and nobody is asked. */
  readonly undoLooks?: true
  /** A mend: what it was before is nothing to come back to. It is kept when the run is put back, which is said; `undo` ends a half. */
  readonly stays?: true
  /** What it sets is nobody's wish by it: a command was run, or what others had set was set again. No later run relies on that. */
  readonly noWish?: true
  /** What its command has said from a byte on, in whole lines, and the byte to go on from. Told while `verify` is polled. */
  output?(input: Input, on: On, from: number): Promise<Said>
  /** What must be checked before it is undone, where undoing takes something away. */
  undoGuards?(input: Input, found: Found, host: HostName): readonly StepDraft[]
  /** How long `verify` and `undone` may take, default 10 s. */
  patience?(input: Input): Millis
  /** Between two looks of `verify`, default 100 ms. */
  interval?(input: Input): Millis
  /** How long its host may be away meanwhile, such as for a reboot: its lease lasts as long. Default: not at all. */
  away?(input: Input): Millis
  /** How long `undone` may take after an undo, where that is longer. */
  undoPatience?(input: Input): Millis
}

/** Who was cut off by force: that cannot be put back, so it is said. */
export type Cut = {
  readonly count: number
  /** Of what: `session`. */
  readonly thing: string
  /** `10.77.0.1:53044 on lb1`; of many only some. */
  readonly who: readonly string[]
}

/** A wait: polled until done or until its time is over; then the operator chooses. Changes nothing, owes no undo. */
export interface WaitKind<Input extends Json> {
  readonly flavour: 'wait'
  readonly kind: string
  describe(input: Input, host: HostName): Description
  /** `waited`: how long the wait has lasted. */
  look(input: Input, on: On, waited: Millis): Promise<Awaited>
  timeout(input: Input): Millis
  /** Between two looks, default 500 ms; `waited`: how long the wait has lasted, so that the last one comes in time. */
  interval?(input: Input, waited: Millis): Millis
  /** See ChangeKind. */
  away?(input: Input): Millis
  /** How many looks in a row must say done, default 1: a lucky moment is no proof. */
  inARow?(input: Input): number
  /** Things (see `about`) of which a later change makes it pointless: a run that is resumed past that does not wait again. */
  protects?(input: Input, host: HostName): readonly string[]
  /**
   * What must last as long as it waits is given its whole time again: when the wait begins, and before a person is asked
   * whether to wait on.
   */
  sustain?(input: Input, on: On): Promise<void>
  /** What else than `wait on`, `leave` and `put back` may be done when time is over, such as shutting the sessions. */
  force?: { readonly title: string; apply(input: Input, on: On): Promise<Cut> }
}

/** A guard: what the plan was refused for when it was made, checked again right before what it protects. */
export interface GuardKind<Input extends Json> {
  readonly flavour: 'guard'
  readonly kind: string
  describe(input: Input, host: HostName): Description
  /** Throws a ZdtError (exit `refused`) when the world is not fit for what follows. */
  check(input: Input, on: On): Promise<void>
  /** The things (see `about`) that it is checked for: once later changes of all of them hold, it is not checked again. */
  protects?(input: Input, host: HostName): readonly string[]
}

/** Any kind of step, as the engine sees it: inputs and findings are Json to it. */
export type StepKind = ChangeKind<Json, Json> | WaitKind<Json> | GuardKind<Json>
