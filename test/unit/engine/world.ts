import { carryOut, type Engine } from '../../../src/engine/carry-out.ts'
import type { Happening } from '../../../src/engine/events.ts'
import type { OddAnswer, Operator } from '../../../src/engine/operator.ts'
import type { Outcome } from '../../../src/engine/outcome.ts'
import { plan, stage, type Plan, type StepDraft } from '../../../src/engine/plan.ts'
import type { ChangeKind, GuardKind, StepKind, WaitKind } from '../../../src/engine/step-kind.ts'
import type { Host, Hosts } from '../../../src/hosts/host.ts'
import { ZdtError } from '../../../src/lib/errors.ts'
import type { HostName, Json } from '../../../src/lib/types.ts'

type Deed = 'reach' | 'observe' | 'apply' | 'verify' | 'undo' | 'undone' | 'look' | 'force' | 'check'

const silent: ReadonlySet<Deed> = new Set(['reach', 'verify', 'undone', 'look'])

/** Hosts in memory, each with one state; what is done to them is in `log`, among the journal's lines. */
export class World {
  readonly states = new Map<string, string>()
  readonly log: string[] = []
  /** How long a change may take to be seen, in ms. */
  patience = 250
  private readonly reactions: { readonly deed: string; readonly react: () => void; times: number }[] = []

  constructor(states: Readonly<Record<string, string>>) {
    for (const [host, state] of Object.entries(states)) this.states.set(host, state)
  }

  /** From now on `deed` on `host` does this first, `times` times. */
  when(deed: Deed, host: string, react: () => void, times = Infinity): this {
    this.reactions.push({ deed: `${deed} ${host}`, react, times })
    return this
  }

  /** From now on `deed` on `host` throws, `times` times. */
  break(deed: Deed, host: string, times = Infinity): this {
    const exit = deed === 'check' ? 'refused' : 'left'
    return this.when(
      deed,
      host,
      () => {
        throw new ZdtError(`${deed} broke`, { code: 'broken', exit, host })
      },
      times,
    )
  }

  does(deed: Deed, host: string): void {
    if (!silent.has(deed)) this.log.push(`  ${deed} ${host}`)
    for (const reaction of this.reactions) {
      if (reaction.deed !== `${deed} ${host}` || reaction.times <= 0) continue
      reaction.times -= 1
      reaction.react()
    }
  }

  state(host: string): string {
    return this.states.get(host) ?? 'gone'
  }
}

/** Sets a host's state. */
export const set = (host: string, to: string): StepDraft => ({ kind: 'set', host: host as HostName, input: { to } })
/** The same, and before it is undone `guarded` must pass. */
export const setGuarded = (host: string, to: string, guarded: string): StepDraft => ({
  kind: 'set',
  host: host as HostName,
  input: { to, guarded },
})
/** The same as `set`, but nothing tells afterwards that it was done. */
export const unseen = (host: string, to: string): StepDraft => ({ ...set(host, to), kind: 'unseen' })
/** The same as `set`, for the sake of what is done to another host later: it ends by itself. */
export const brief = (host: string, to: string, sake: string): StepDraft => ({
  kind: 'brief',
  host: host as HostName,
  input: { to, sake },
})
/** Mends a host's state: that is kept. */
export const mend = (host: string, to: string): StepDraft => ({ ...set(host, to), kind: 'mend' })
/** Waits until a host's state is `until`. */
export const wait = (host: string, until: string, timeout = 20): StepDraft => ({
  kind: 'wait',
  host: host as HostName,
  input: { until, timeout },
})
/** The same, and time over it can be forced. */
export const forcible = (host: string, until: string): StepDraft => ({ ...wait(host, until), kind: 'forcible' })
/** The same, and it must be so `times` times in a row. */
export const inARow = (host: string, until: string, times: number): StepDraft => ({
  kind: 'wait',
  host: host as HostName,
  input: { until, timeout: 5000, times },
})
/** Passes unless the world breaks it. */
export const guard = (host: string): StepDraft => ({ kind: 'guard', host: host as HostName, input: null })

function kindsOf(world: World): ReadonlyMap<string, StepKind> {
  const change: ChangeKind<{ to: string; guarded?: string }, string> = {
    flavour: 'change',
    kind: 'set',
    describe: ({ to }) => ({ title: `set ${to}`, commands: [`set ${to}`] }),
    describeUndo: () => ['set back'],
    observe: (_input, { host }) => {
      world.does('observe', host.name)
      return Promise.resolve(world.state(host.name))
    },
    isDone: ({ to }, found) => found === to,
    apply: async ({ to }, _found, { host }) => {
      await Promise.resolve()
      world.states.set(host.name, to)
      world.does('apply', host.name)
    },
    verify: async ({ to }, _found, { host }) => {
      await Promise.resolve()
      world.does('verify', host.name)
      return { done: world.state(host.name) === to, awaiting: [`${host.name} is ${world.state(host.name)}`] }
    },
    undo: async (_input, found, { host }, tell) => {
      await Promise.resolve()
      world.does('undo', host.name)
      if (world.state(host.name) === 'stuck') await tell?.([`${host.name} is stuck`], 1000)
      world.states.set(host.name, found)
    },
    undone: async (_input, found, { host }) => {
      await Promise.resolve()
      world.does('undone', host.name)
      return { done: world.state(host.name) === found, awaiting: [`${host.name} is not ${found}`] }
    },
    about: (_input, host) => [`state of ${host}`],
    halfway: (_input, _found, { host }) => Promise.resolve(world.state(host.name) === 'half'),
    undoGuards: ({ guarded }) => (guarded === undefined ? [] : [guard(guarded)]),
    patience: () => world.patience,
  }
  const unseen: typeof change = { ...change, kind: 'unseen', traceless: true }
  const ending: ChangeKind<{ to: string; sake: string }, string> = {
    ...(change as ChangeKind<{ to: string; sake: string }, string>),
    kind: 'brief',
    protects: ({ sake }) => [`state of ${sake}`],
  }
  const mending: typeof change = {
    ...change,
    kind: 'mend',
    stays: true,
    undo: () => Promise.resolve(),
    undone: () => Promise.resolve({ done: true, awaiting: [] }),
  }
  const waiting: WaitKind<{ until: string; timeout: number; times?: number }> = {
    flavour: 'wait',
    kind: 'wait',
    describe: ({ until }) => ({ title: `wait for ${until}`, commands: [] }),
    look: async ({ until }, { host }) => {
      await Promise.resolve()
      world.does('look', host.name)
      return { done: world.state(host.name) === until, awaiting: [`${host.name} is ${world.state(host.name)}`] }
    },
    timeout: ({ timeout }) => timeout,
    interval: () => 5,
    inARow: ({ times = 1 }) => times,
    protects: (_input, host) => [`state of ${host}`],
  }
  const forced: typeof waiting = {
    ...waiting,
    kind: 'forcible',
    force: {
      title: 'force it',
      apply: async ({ until }, { host }) => {
        await Promise.resolve()
        world.does('force', host.name)
        world.states.set(host.name, until)
        return { count: 1, thing: 'session', who: [`somebody on ${host.name}`] }
      },
    },
  }
  const guarding: GuardKind<Json> = {
    flavour: 'guard',
    kind: 'guard',
    describe: () => ({ title: 'guard', commands: [] }),
    check: async (_input, { host }) => {
      await Promise.resolve()
      world.does('check', host.name)
    },
    protects: (_input, host) => [`state of ${host}`],
  }
  return new Map(
    [change, unseen, ending, mending, waiting, forced, guarding].map((kind) => [
      kind.kind,
      kind as unknown as StepKind,
    ]),
  )
}

type Late = 'wait' | 'force' | 'leave' | 'put-back' | 'pause'

/** Answers as they come in a runbook; asked once more than that is a failure of the test. */
export interface Answers {
  readonly confirm?: (stage: number, approval: boolean) => 'yes' | 'pause' | 'put-back'
  readonly failed?: readonly ('retry' | 'pause' | 'put-back')[]
  /** Said at once, or by what happens while it is asked. */
  readonly timedOut?: readonly (Late | (() => Late))[]
  readonly odd?: readonly OddAnswer[]
}

export interface Ran extends Outcome {
  /** The journal's lines, and between them, indented, what was done on the hosts. */
  readonly log: readonly string[]
  readonly happenings: readonly Happening[]
}

export interface Around {
  readonly pause?: AbortController
  readonly stop?: AbortController
  /** Also pauses, as a word from elsewhere does. */
  readonly abort?: AbortController
  /** How long an unattended operator waits for a yes. */
  readonly waits?: number
  readonly approvals?: readonly number[]
  /** Called with each happening before it is kept; may throw, as a disk that is full does. */
  readonly onRecord?: (happening: Happening) => void
  /** Real kinds on other hosts, instead of the world's own. */
  readonly real?: Pick<Engine, 'kinds' | 'hosts'>
  /** The process is gone right before, or right after, it keeps its event of this number, counted from 1. */
  readonly dies?: { readonly when: 'before' | 'after'; readonly event: number }
}

function next<Answer>(answers: Answer[]): Promise<Answer> {
  const answer = answers.shift()
  return answer === undefined ? Promise.reject(new Error('nobody expected this question')) : Promise.resolve(answer)
}

export function planOf(stages: readonly (readonly StepDraft[])[], approvals: readonly number[] = []): Plan {
  const numbered = stages.map((steps, index) => ({
    ...stage(`stage ${index + 1}`, steps),
    ...(approvals.includes(index + 1) && { asks: 'Good enough?', approval: true as const }),
  }))
  return plan('test', 'f00d', numbered)
}

/** Runs stages on a world. */
export async function run(
  world: World,
  stages: readonly (readonly StepDraft[])[],
  answers: Answers = {},
  around: Around = {},
): Promise<Ran> {
  const made = planOf(stages, around.approvals)
  const ran = await processOn(world, answers, around, (engine) => carryOut(made, engine))
  if (ran === 'died') throw new Error('it died, and nobody asked for that')
  return ran
}

/** One process of zdt on a world, from its beginning to its end, be it a sudden one. */
export async function processOn(
  world: World,
  answers: Answers,
  { pause = new AbortController(), stop = new AbortController(), abort, waits, onRecord, dies, real }: Around,
  work: (engine: Engine) => Promise<Outcome>,
  journal: Happening[] = [],
): Promise<Ran | 'died'> {
  const happenings = journal
  const failed = [...(answers.failed ?? [])]
  const timedOut = [...(answers.timedOut ?? [])]
  const odd = [...(answers.odd ?? [])]
  const operator: Operator = {
    attended: answers.confirm !== undefined && waits === undefined,
    ...(waits !== undefined && { waits }),
    confirm: ({ number, approval }) => Promise.resolve(answers.confirm?.(number, approval === true) ?? 'yes'),
    failed: () => next(failed),
    timedOut: async () => {
      const answer = await next(timedOut)
      return typeof answer === 'function' ? answer() : answer
    },
    odd: () => next(odd),
  }
  const hosts: Hosts = real?.hosts ?? {
    on: (name) => {
      world.does('reach', name)
      return Promise.resolve({ name } as unknown as Host)
    },
    closeAll: () => Promise.resolve(),
  }
  const death = Promise.withResolvers<'died'>()
  const dead = new Promise<never>(() => undefined)
  let count = 0
  const outcome = await Promise.race([
    death.promise,
    work({
      kinds: real?.kinds ?? kindsOf(world),
      hosts,
      changing: hosts,
      operator,
      pause: abort ? AbortSignal.any([pause.signal, abort.signal]) : pause.signal,
      ...(abort && { abort: abort.signal }),
      stop: stop.signal,
      record: async (happening) => {
        await Promise.resolve()
        onRecord?.(happening)
        count += 1
        if (count === dies?.event && dies.when === 'before') death.resolve('died')
        if (dies && count >= dies.event + (dies.when === 'after' ? 1 : 0)) await dead
        happenings.push(happening)
        world.log.push(lineOf(happening))
        if (count === dies?.event) {
          death.resolve('died')
          await dead
        }
      },
    }),
  ])
  return outcome === 'died' ? outcome : { ...outcome, log: world.log, happenings }
}

function lineOf(happening: Happening): string {
  const what = 'step' in happening ? happening.step : 'number' in happening ? String(happening.number) : ''
  return `${happening.event} ${what}${happening.event === 'answer' ? ` ${happening.asked}: ${happening.answer}` : ''}`
}

/** The lines of a log that are of these events or deeds. */
export function only(log: readonly string[], ...words: readonly string[]): string[] {
  return log.filter((line) => words.includes(line.trim().split(' ')[0] ?? ''))
}
