import { absentHost } from '../hosts/absent-host.ts'
import type { Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { Debts, type Owed } from './debts.ts'
import type { Happening, Record } from './events.ts'
import type { Past } from './history.ts'
import type { Operator } from './operator.ts'
import type { Ended, LeftOut, Outcome } from './outcome.ts'
import type { Plan, Step } from './plan.ts'
import { journalLost } from './journal-lost.ts'
import { onHost } from './on-host.ts'
import type { Both, Cut, Lost, On, StepKind } from './step-kind.ts'

/** All that a run needs from outside. */
export interface Engine {
  readonly kinds: ReadonlyMap<string, StepKind>
  readonly hosts: Hosts
  /** The same hosts, for what changes something: every command there is let through only while the lease is ours. */
  readonly changing: Hosts
  /** The texts that the run brings to its hosts, by their sha256. */
  text?(sha256: string): Promise<string | undefined>
  /** See On.lost. */
  lost?(): Lost | undefined
  readonly operator: Operator
  readonly record: Record
  /** Lets a host be away for so long, such as for a reboot, without its lease being lost; 0: no longer. */
  readonly away?: (host: HostName, longest: Millis) => Promise<void>
  /** Aborted at the first Ctrl-C: the step in hand is finished, then the run pauses. */
  readonly pause: AbortSignal
  /** Aborted, with `pause`, when it was told so: once it has paused, all that was done is put back, and nobody is asked. */
  readonly abort?: AbortSignal
  /** Aborted at the second Ctrl-C: everything stops at once. */
  readonly stop: AbortSignal
}

/** How a run, or a part of it, came out. */
export interface Verdict {
  readonly ended: Ended
  readonly error?: ZdtError
}

/** What must be on disk before it is done. The rest tells what was done: it is told even if it cannot be kept. */
const beforehand: ReadonlySet<Happening['event']> = new Set(['applying', 'undoing', 'forced'])

/** A run on its way: its plan, what it is given, and what would have to be undone, by this process and by those before. */
export class Course {
  readonly plan: Plan
  readonly engine: Engine
  readonly debts: Debts
  /** A wait was ended by force: that cannot be put back. */
  forced: boolean
  /** What was mended is kept, though all else was put back. */
  stays = false
  /** Whom that has cut off. */
  private cuts: Cut[]
  /** Set when the journal could not be written: nothing may be begun any more. */
  journalLost: ZdtError | undefined
  /** What failed by itself: nothing more is done to it. */
  readonly leftOut: LeftOut[]

  constructor(plan: Plan, engine: Engine, { owed = [], forced = false, cut = [], leftOut = [] }: Partial<Before> = {}) {
    this.plan = plan
    this.engine = engine
    this.forced = forced
    this.cuts = [...cut]
    this.leftOut = [...leftOut]
    this.debts = new Debts(plan, owed)
  }

  /** Keeps a happening. Throws when it must be kept before it may happen, and cannot be. */
  readonly record: Record = async (happening) => {
    try {
      if (this.journalLost && beforehand.has(happening.event)) throw this.journalLost
      await this.engine.record(happening)
    } catch (cause) {
      this.journalLost ??= journalLost(cause)
      if (beforehand.has(happening.event)) throw this.journalLost
    }
  }

  /** What would have to be put back, in the order in which it was done. */
  get owed(): readonly Owed[] {
    return this.debts.inOrder
  }

  /** There is something that could be put back, or that cannot. */
  get touched(): boolean {
    return this.owed.length > 0 || this.forced
  }

  /** Some were cut off by force. */
  cutOff(cut: Cut): void {
    this.cuts.push(cut)
  }

  /** Is it about something that was left out? */
  isOut({ lot }: Step): boolean {
    return lot !== undefined && this.leftOut.some((one) => one.lot === lot.name)
  }

  kind(step: { readonly kind: string }): StepKind {
    const kind = this.engine.kinds.get(step.kind)
    if (!kind) throw new TypeError(`no step kind is called ${step.kind}`)
    return kind
  }

  /** A host to look at. */
  on(name: HostName): Promise<On> {
    return onHost(this.engine.hosts, name, { ...this.engine, run: this.plan.id })
  }

  /** A host to change. */
  changing(name: HostName): Promise<On> {
    return onHost(this.engine.changing, name, { ...this.engine, run: this.plan.id })
  }

  /** A host to look at, which may be away where the kind says so: then it is reached by whoever looks, as soon as it can be. */
  async onMaybeAway(step: Step): Promise<On> {
    const kind = this.kind(step)
    if (kind.flavour !== 'wait' || !kind.away) return this.on(step.host)
    const host = await this.engine.hosts.on(step.host).catch((error: unknown) => absentHost(step.host, error))
    return onHost(this.engine.hosts, step.host, { ...this.engine, run: this.plan.id }, host)
  }

  /** From now on its host may be away, or no longer, where its kind says so. */
  async mayBeAway(step: Step, begins: boolean): Promise<void> {
    const kind = this.kind(step)
    const longest = kind.flavour === 'guard' ? undefined : kind.away?.(step.input)
    if (longest !== undefined) await this.engine.away?.(step.host, begins ? longest : 0)
  }

  async both(name: HostName): Promise<Both> {
    return { on: await this.on(name), changing: await this.changing(name) }
  }

  /** What a person would type to put back what is owed, last change first. */
  left(): string[] {
    const all = this.owed.toReversed().flatMap(({ step, found }) => {
      const kind = this.engine.kinds.get(step.kind)
      const commands = kind?.flavour === 'change' ? kind.describeUndo(step.input, found, step.host) : []
      return commands.map((command) => `${step.host}: ${command}`)
    })
    // Steps about one thing may have one way back.
    return [...new Set(all)]
  }

  /** Told to pause: by a person; or because a lease is no longer ours, which nobody wished. Before a change there is nothing to pause. */
  interrupted(): Verdict {
    const why: unknown = this.engine.pause.reason
    if (!(why instanceof ZdtError)) return { ended: this.touched ? 'interrupted' : 'untouched' }
    return { ended: this.touched ? 'paused' : 'untouched', error: why }
  }

  outcome({ ended, error }: Verdict): Outcome {
    const over = ended === 'done' || ended === 'put-back' || ended === 'already'
    return {
      plan: this.plan,
      ended,
      left: over ? [] : this.left(),
      ...(error && { error }),
      ...(this.forced && { forced: this.cuts }),
      ...(this.stays && { stays: true as const }),
      ...(this.leftOut.length > 0 && ended !== 'put-back' && { leftOut: this.leftOut }),
    }
  }
}

/** What earlier processes left. */
interface Before {
  readonly owed: readonly Past[]
  readonly forced: boolean
  readonly cut: readonly Cut[]
  readonly leftOut: readonly LeftOut[]
}
