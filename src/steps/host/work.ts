import { heardFrom, hostState, type HostState } from '../../daemons/linux/host-state.ts'
import { beginWork, endWork, workLog, workUnit } from '../../daemons/linux/work-script.ts'
import { EndedBadly, NoUseWaiting, type Awaited, type On, type Tell } from '../../engine/step-kind.ts'
import { sleep } from '../../lib/clock.ts'
import { formatDuration } from '../../lib/durations.ts'
import { quote } from '../../lib/quote.ts'
import type { Json, Millis } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { setAllAgain, type KeptByHand } from '../haproxy/set-again.ts'
import { lookWhetherFit, type Homeward } from '../vip/await-fit.ts'
import { asRoot } from '../vip/as-root.ts'
import { lookWhetherUp, whileBooting } from './back.ts'

type Input = {
  /** The command; without one the work is a person's. */
  readonly argv?: readonly string[]
  /** How long the command may take, and how long the host may be away. */
  readonly longest: Millis
  readonly away: Millis
  /** What must be so before anything returns there: services that run, what is set in HAProxy, VIPs that it is fit to take. */
  readonly services: readonly string[]
  readonly kept: readonly { readonly socket: string; readonly servers: readonly KeptByHand[] }[]
  readonly returns: readonly Homeward[]
}

/** Since when a host has not answered, by run; for the bound alone. */
const silence = new Map<string, number>()

const tellEvery: Millis = 500

/**
 * Work on a host that nothing flows to: a command, which runs as a unit of its own, or a person's. It is never begun twice
 * unasked: what became of it the host tells, and a boot in the middle of it is its end. It cannot be undone; its undo
 * makes sure that it is over and the host fit for what is put back behind it.
 */
export const hostWork = defineChange<Input & Json, HostState>({
  kind: 'host.work',
  describe: ({ argv }, host) => ({
    title: argv ? `run ${quote(argv)}` : `${host} is yours to work on`,
    commands: argv ? [quote(argv)] : [],
  }),
  describeUndo: () => [],
  observe: (_input, on) => hostState(on.host, on.run, [], on.signal),
  isDone: ({ argv }, found) => argv !== undefined && endedWell(found),
  apply: async ({ argv }, _found, on) => {
    // Tried again while it still runs: then it is waited for.
    if ((await hostState(on.host, on.run, [], on.signal)).running) return
    await asRoot(on, beginWork(on.run, argv), 'the work could not be begun')
  },
  verify: (input, _found, on) => ended(input, on),
  undo: async (input, _found, on, tell) => {
    const { running, begun } = await hostState(await on.other(on.host.name), on.run, [], on.signal)
    if (running) throw new StillRuns(on, input.argv ?? [])
    await until(on, tell, input.away, () => lookWhetherUp(input.services, on))
    // Its connection may be from before a boot.
    const now = { ...on, host: await on.other(on.host.name) }
    for (const one of input.kept) await setAllAgain(one, now)
    for (const one of input.returns)
      await until(on, tell, input.away, () => lookAgain(on, (on) => lookWhetherFit(one, on)))
    if (begun !== null) await asRoot(now, endWork(on.run), 'it could not be noted that the work is over')
  },
  undone: async (_input, _found, on) => {
    const { begun, over } = await hostState(await on.other(on.host.name), on.run, [], on.signal)
    return notYet(begun !== null && !over && 'the work there was begun')
  },
  about: (_input, host) => [`work ${host}`],
  undoLooks: true,
  noWish: true,
  patience: ({ argv, longest }) => (argv ? longest : 10_000),
  undoPatience: () => 10_000,
  interval: () => 300,
  away: ({ away }) => away,
  output: (_input, on, from) => heardFrom(on.host, on.run, from, on.signal),
})

/** Whoever booted the host has ended the command, and meant to. */
function endedWell({ boot, begun, exit, running, over }: HostState): boolean {
  return begun !== null && !over && (exit === 0 || (exit === null && !running && begun !== boot))
}

async function ended({ argv, away }: Input, on: On): Promise<Awaited> {
  const key = `${on.run} ${on.host.name}`
  let answered = false
  const seen = await lookAgain(
    on,
    async (on) => {
      const state = await hostState(on.host, on.run, [], on.signal)
      answered = true
      const { begun, running, leaving, silent } = state
      if (argv === undefined) return notYet(begun === null && 'the work has not begun')
      if (endedWell(state)) return notYet()
      if (begun === null) return notYet(`${on.host.name}  it has not begun`)
      if (running) return notYet(`${on.host.name}  it runs`)
      // Whoever shuts the host down ends the command first.
      if ((leaving || silent) && state.exit === null) return notYet(`${on.host.name}  shuts down`)
      throw new WorkFailed(on, argv, state)
    },
    whileBooting,
  )
  const since = silence.get(key)
  if (answered) silence.delete(key)
  else if (since === undefined) silence.set(key, Date.now())
  else if (Date.now() - since > away) {
    silence.delete(key)
    throw new NoUseWaiting(`${on.host.name} has not answered for ${formatDuration(away)}`, { host: on.host.name })
  }
  return seen
}

async function until(on: On, tell: Tell | undefined, longest: Millis, look: () => Promise<Awaited>): Promise<void> {
  const deadline = Date.now() + longest
  let told = Date.now()
  for (;;) {
    const { done, awaiting } = await look()
    if (done) return
    if (Date.now() > deadline) throw new NoUseWaiting(awaiting.join('; '), { host: on.host.name })
    if (Date.now() - told >= tellEvery) {
      told = Date.now()
      await tell?.(awaiting, longest)
    }
    await sleep(300, on.signal)
  }
}

/** The command has failed, or somebody has ended it. */
class WorkFailed extends EndedBadly {
  constructor(on: On, argv: readonly string[], { exit }: HostState) {
    const how = exit === null ? 'was ended before it had exited' : `exited with ${exit}`
    super(`${quote(argv)} ${how}`, {
      host: on.host.name,
      said: `all that it said is in ${workLog(on.run)} on ${on.host.name}`,
      suggestions: [
        `zdt rollback ${on.run}   brings everything back to ${on.host.name} as it is now`,
        `zdt resume ${on.run}     at a terminal asks whether to go on all the same, or to run it again`,
      ],
    })
  }
}

class StillRuns extends NoUseWaiting {
  constructor(on: On, argv: readonly string[]) {
    super(`${quote(argv)} still runs`, {
      host: on.host.name,
      suggestions: [
        `zdt resume ${on.run}     waits for it`,
        `sudo systemctl stop ${workUnit(on.run)}   ends it, on ${on.host.name}; then zdt rollback ${on.run}`,
      ],
    })
  }
}
