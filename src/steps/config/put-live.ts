import type { Place } from '../../daemons/haproxy/commands.ts'
import { isMomentary, momentaryMark } from '../../daemons/haproxy/kept/momentary.ts'
import type { StepDraft } from '../../engine/plan.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import type { FileMove } from '../../hosts/config/change.ts'
import { textAt } from '../../hosts/text-at.ts'
import { putFilesBack, putInPlace } from '../../hosts/config/exchange.ts'
import { forgetKept, isKept } from '../../hosts/config/kept.ts'
import { digestsOf } from '../../hosts/config/look.ts'
import { keptDirectory, keptFile, unitDirectory, type Kept } from '../../hosts/config/places.ts'
import { quote } from '../../lib/quote.ts'
import type { Json } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { guardsBeforeUndo, type UndoAsks } from '../upstream/before-undo.ts'
import { letEndBehind } from '../upstream/let-end-behind.ts'
import { fileThing, daemonThing } from '../things.ts'
import { awaitReload, lookAtReload, reloadPatience } from './reloaders/await-reload.ts'
import { reloaderOf } from './reloaders/index.ts'
import type { Which } from './reloaders/reloader.ts'

type Input = Which & {
  readonly moves: readonly FileMove[]
  /** The name of the version that is kept of what lies there now. */
  readonly kept: string
  /** On its shelf, where it is a version of what is set at run time. */
  readonly shelf?: 'run-time'
  /** False where the running daemon has been told already, or will be, by other means. */
  readonly reload: boolean
  /** Servers that it brings to HAProxy, to begin in maintenance. */
  readonly atRest?: readonly Place[]
  /** Guards: asked before the files of before are read again. */
  readonly asksBack?: readonly StepDraft[]
} & UndoAsks

type Found = {
  /** The daemon as it ran before; null where it is not reloaded. */
  readonly running: Json
  /** What it knew that no file says: a run that dies between the reload and giving it back must not lose it. */
  readonly unwritten?: Json
}

/**
 * Puts a staged configuration into its place, keeps what lay there, and has the daemon read it: one step, for going back
 * is the same in the same order: files, reload, proof. The kept version is what it owes: as long as that is there and
 * the files are those of before, a way back was begun and not seen to its end.
 */
export const putLive = defineChange<Input, Found>({
  kind: 'config.put-live',
  describe: (input) => ({
    title: `put ${pathsOf(input)} in place${input.reload ? ` and reload ${input.daemon}` : ''}`,
    commands: [
      ...changing(input).map(({ target, staged }) => quote(['mv', '-fT', staged, target])),
      ...(input.reload ? [reloaderOf(input).byHand(input.unit)] : []),
    ],
  }),
  describeUndo: (input) => [
    ...changing(input).map(({ target, from }) =>
      quote(
        from === null ? ['sudo', 'rm', '-f', target] : ['sudo', 'cp', '-a', keptFile(keptOf(input), target), target],
      ),
    ),
    ...(input.reload ? [`sudo ${reloadByHand(input)}`] : []),
    quote(['sudo', 'rm', '-rf', keptDirectory(keptOf(input))]),
  ],
  observe: async (input, on) => {
    if (!input.reload) return { running: null }
    const reloader = reloaderOf(input)
    const running = await reloader.running(on, input)
    const config = await textAt(on.host, input.config, on.signal)
    return { running, unwritten: (await reloader.unwritten?.read(on, input, config ?? '')) ?? null }
  },
  // Files as wanted are no proof that the daemon has read them: a plan has this step only where they are not.
  isDone: () => false,
  apply: async (input, { running }, on) => {
    await putInPlace(on.host, keptOf(input), input.moves, { signal: on.signal })
    if (!input.reload) return
    await reloaderOf(input).reload(on, input, running, {
      running: () => textAt(on.host, keptFile(keptOf(input), mainOf(input).target), on.signal),
      next: () => textAt(on.host, input.config, on.signal),
      ...(input.atRest && { atRest: input.atRest }),
    })
  },
  verify: async (input, found, on) => {
    const strange = notYet(...(await filesNot(input, on, ({ to }) => to)))
    if (!strange.done || !input.reload) return strange
    const taken = await lookAtReload(reloaderOf(input), on, input, found.running)
    if (taken.done) await refuseIfMissing(input, found, on)
    return taken
  },
  undo: async (input, found, on) => {
    const running = input.reload ? await textAt(on.host, input.config, on.signal) : undefined
    await putFilesBack(on.host, keptOf(input), input.moves, momentaryMark, { signal: on.signal })
    if (input.reload) await reloadBack(input, found, running, on)
    if (input.capacity) await letEndBehind(on, input.capacity)
    await forgetKept(on.host, keptOf(input), { signal: on.signal })
  },
  undone: async (input, _found, on) =>
    notYet(
      ...(await filesNot(input, on, ({ from }) => from)),
      (await isKept(on.host, keptOf(input), { signal: on.signal })) &&
        `${keptDirectory(keptOf(input))} is there: ${input.daemon} was not seen to run what lies there`,
    ),
  about: (input, host) => [
    ...input.moves.flatMap(({ target, staged }) => [fileThing(host, target), fileThing(host, staged)]),
    daemonThing(host, input.unit),
  ],
  // Between two renames, or between the files and the proof that they are read: either way `undo` goes on from there.
  halfway: async (input, found, on) => {
    const digests = await targets(input.moves, on)
    const odd = input.moves.filter(({ from, to }, index) => ![from, to].includes(digests[index] ?? null))
    // What is told at run time may be what keeps traffic from a server: where it is not known what the daemon has read, a person says what holds.
    const isIn = input.moves.every(({ to }, index) => digests[index] === to)
    if (input.shelf && input.reload && isIn) {
      const reloader = reloaderOf(input)
      const isUntouched = reloader.isUntouched(found.running, await reloader.running(on, input, found.running))
      const paths = input.moves.map(({ path }) => path)
      return isUntouched || (await reloader.hasRead?.(on, input, paths)) === true
    }
    if (odd.length === 0) return true
    return (
      odd.every(({ path }) => path === input.config) &&
      isMomentary((await textAt(on.host, input.config, on.signal)) ?? '')
    )
  },
  undoGuards: (input, _found, host) => [...guardsBeforeUndo(input, host), ...(input.asksBack ?? [])],
  patience: () => reloadPatience,
})

/** Has the daemon read the files of before; one that has never read any other only where their times would say that it has not. */
async function reloadBack(
  input: Input,
  { running, unwritten = null }: Found,
  was: string | undefined,
  on: On,
): Promise<void> {
  const reloader = reloaderOf(input)
  if (!reloader.goesByTimes && reloader.isUntouched(running, await reloader.running(on, input, running))) return
  const before = await reloader.running(on, input)
  if (reloader.isGone(before)) await start(input, on)
  else {
    const known = was !== undefined && !isMomentary(was) ? was : undefined
    const texts = { running: () => Promise.resolve(known), next: () => textAt(on.host, input.config, on.signal) }
    await reloader.reload(on, input, before, texts)
  }
  await awaitReload(reloader, on, input, before)
  if (unwritten !== null)
    await reloader.unwritten?.giveBack(on, input, unwritten, (await textAt(on.host, input.config, on.signal)) ?? '')
}

/** Throws when something is lost that the daemon knew and no file says: a run died before it gave that back. */
async function refuseIfMissing(input: Input, { unwritten = null }: Found, on: On): Promise<void> {
  const { unwritten: known } = reloaderOf(input)
  if (unwritten === null || !known) return
  const missing = await known.missing(on, input, unwritten, (await textAt(on.host, input.config, on.signal)) ?? '')
  if (missing.length > 0) throw new NoUseWaiting(`lost by the reload: ${missing.join('; ')}`, { host: on.host.name })
}

/** It died of the configuration that is away by now. */
async function start({ unit }: Input, on: On): Promise<void> {
  await on.host.run(['systemctl', 'reset-failed', '--', unit], { as: 'root', signal: on.signal })
  await on.host.run(['systemctl', 'start', '--', unit], { as: 'root', signal: on.signal, timeout: reloadPatience })
}

function keptOf({ unit, kept, shelf }: Input): Kept {
  return { directory: unitDirectory(unit), ...(shelf && { shelf }), name: kept }
}

/** The daemon's main file is the first of its set. */
function mainOf({ config, moves }: Input): Pick<FileMove, 'target'> {
  return moves.find(({ path }) => path === config) ?? { target: config }
}

function reloadByHand({ unit }: Which): string {
  return quote(['systemctl', 'reload', unit])
}

/** The set has files that stay as they are: kept with the others, so that a version is whole. */
function changing({ moves }: Input): FileMove[] {
  return moves.filter(({ from, to }) => from !== to)
}

function pathsOf(input: Input): string {
  return changing(input)
    .map(({ path }) => path)
    .join(', ')
}

function targets(moves: readonly FileMove[], on: On): Promise<(string | null)[]> {
  return digestsOf(
    on.host,
    moves.map(({ target }) => target),
    { signal: on.signal },
  )
}

async function filesNot(
  { moves }: Input,
  on: On,
  wanted: (move: FileMove) => string | null,
): Promise<(string | false)[]> {
  const digests = await targets(moves, on)
  return moves.map((move, index) => (digests[index] ?? null) !== wanted(move) && `${move.path} is another file`)
}
