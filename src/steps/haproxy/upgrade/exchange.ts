import { seatName } from '../../../daemons/haproxy/commands.ts'
import { endMomentary } from '../../../daemons/haproxy/kept/reload-keeping.ts'
import { runtimeState, type RuntimeState } from '../../../daemons/haproxy/kept/runtime-state.ts'
import { haproxyPicture, type HaproxyPicture } from '../../../daemons/haproxy/picture.ts'
import { exchangeBinary, watchdogOf, putBinaryBack, type Place } from '../../../daemons/watched/exchange.ts'
import { serving } from '../../../daemons/haproxy/upgrade/took.ts'
import { NoUseWaiting, type On } from '../../../engine/step-kind.ts'
import { quote } from '../../../lib/quote.ts'
import type { Millis } from '../../../lib/types.ts'
import { defineChange, notYet } from '../../define.ts'
import { endWatch, putInPlace, setAside } from '../../binary/keep-running.ts'
import { fileDigest } from '../../file-digest.ts'
import { byHand } from '../../packages/managers.ts'
import { installNew, installOld, notOld } from '../../packages/put.ts'
import { daemonThing, fileThing } from '../../things.ts'
import { neverTook, oldRuns } from './lies.ts'
import { isMomentaryNow, lookAtExchange, notGivenBack, patience, reExec, running, setAgain } from './re-exec.ts'
import {
  comesInWords,
  isEither,
  layOf,
  layThere,
  notThere,
  putByHand,
  type Comes,
  type Lay,
} from '../../binary/comes.ts'

type Input = Place & {
  readonly comes: Comes
  readonly version: string
  readonly config: string
  /** The runtime socket. */
  readonly socket: string
  /** The run, whose watchdog it is. */
  readonly run: string
  /** How long the host watches over it. */
  readonly watched: Millis
}

type Found = Lay & {
  readonly running: HaproxyPicture
  /** What operators had set: a daemon that died forgets it. */
  readonly state: RuntimeState
}

/**
 * Puts the new HAProxy where the old one lies and has the master execute it: one step, for the way back is the same in the same
 * order. Clients and listening sockets are handed over, what operators have set is there from the new worker's first request
 * on, and the host itself watches meanwhile (see watchdog-script).
 */
export const exchangeHaproxy = defineChange<Input, Found>({
  kind: 'haproxy.exchange-binary',
  describe: (input) => ({
    title: comesInWords(input.comes, input),
    commands: [
      `# ${input.unit} is watched: should it die, ${input.backup} is put back and started`,
      ...putByHand(input.comes, input),
      usr2(input.unit),
    ],
  }),
  describeUndo: ({ target, backup, unit, run, comes }) => [
    `sudo systemctl stop ${watchdogOf(run)} || true`,
    ...('packages' in comes ? [byHand(comes.packages, 'old')] : []),
    `${quote(['test', backup, '-ef', target])} || { ${quote(['sudo', 'ln', '-fT', backup, `${target}.zdt-back`])} && ${quote(['sudo', 'mv', '-fT', `${target}.zdt-back`, target])}; }`,
    `sudo sh -c '${usr2(unit)}' || sudo systemctl start ${unit}`,
    quote(['sudo', 'rm', '-f', backup]),
  ],
  observe: async (input, on) => ({
    running: await haproxyPicture(on.host, input.unit, { signal: on.signal }),
    state: await runtimeState(on.host, input.socket, { signal: on.signal }),
    ...(await layOf(input.comes, input, on)),
  }),
  isDone: ({ comes }, found) => serving(found.running).length === 0 && layThere(comes, found),
  apply: async (input, { running }, on) => {
    const { master, unit } = running
    if (master === null) throw new NoUseWaiting(`${unit.id} is not running`, { host: on.host.name })
    const { comes, run, watched } = input
    if ('lies' in comes) await putInPlace(on, input.target)
    const staged = 'staged' in comes ? comes.staged : ''
    await must(on, exchangeBinary(input, { staged, run, master, restarts: unit.restarts, watched }))
    if ('packages' in comes) await installNew(on, comes.packages)
    await reExec(input, running, on)
  },
  verify: async (input, { running, state }, on) => {
    const look = await lookAtExchange(input, running, on)
    const lost = look.done ? await notGivenBack(input, state, on) : []
    if (lost.length > 0) {
      const names = lost.map(seatName).join(', ')
      throw new NoUseWaiting(`added at run time, and lost by the re-exec: ${names}`, { host: on.host.name })
    }
    return notYet(
      ...look.awaiting,
      ...(await notThere(input.comes, input, on)),
      (await isMomentaryNow(input, on)) && `${input.config} is the one for one reload`,
    )
  },
  undo: async (input, found, on) => {
    if ('lies' in input.comes) {
      if (await neverTook(input, found, on)) return endWatch(on, input.run)
      await setAside(on, input)
    }
    await must(on, putBinaryBack(input, input.run))
    if ('packages' in input.comes) {
      await installOld(on, input.comes.packages, found.versions ?? {})
      // The very file that was there, rather than the package's copy of it.
      await must(on, putBinaryBack(input, input.run))
    }
    await endMomentary(on.host, input.config, { signal: on.signal })
    const seen = await running(input, on)
    if (serving(seen).length > 0) await reExec(input, seen, on)
    await setAgain(input, found, seen, on)
    // What was kept by a step of its own is that step's.
    if (!('lies' in input.comes)) await must(on, ['rm', '-f', '--', input.backup])
  },
  undone: async (input, found, on) => {
    const { host, signal } = on
    if ('lies' in input.comes)
      return notYet(
        ...(await oldRuns(input, found, on)),
        (await isMomentaryNow(input, on)) && `${input.config} is the one for one reload`,
      )
    const { sha256, versions = {} } = found
    return notYet(
      ...serving(await haproxyPicture(host, input.unit, { signal })),
      ...('packages' in input.comes ? await notOld(on, input.comes.packages, versions) : []),
      (await fileDigest(on, input.target)) !== sha256 && `${input.target} is not the old file`,
      (await fileDigest(on, input.backup)) !== null && `${input.backup} is still there`,
      (await isMomentaryNow(input, on)) && `${input.config} is the one for one reload`,
    )
  },
  about: ({ target, comes, unit }, host) => [
    fileThing(host, target),
    ...('staged' in comes ? [fileThing(host, comes.staged)] : []),
    daemonThing(host, unit),
  ],
  untouched: async (input, found, on) =>
    notYet(!('lies' in input.comes && (await neverTook(input, found, on))) && 'it was begun'),
  // Kept, put in its place, not yet executed, or on its way back: `undo` goes on from each of these.
  halfway: ({ target, comes }, found, on) => isEither(comes, target, found, on),
  patience: () => patience,
})

function usr2(unit: string): string {
  return `kill -USR2 $(systemctl show -p MainPID --value ${unit})`
}

async function must(on: On, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await on.host.run(argv, { as: 'root', signal: on.signal })
  if (code !== 0)
    throw new NoUseWaiting('the binary could not be replaced', { host: on.host.name, said: stderr.toString().trim() })
}
