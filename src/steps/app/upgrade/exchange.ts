import { appProcess, type AppPicture } from '../../../daemons/app/process.ts'
import { exchangeBinary, putBinaryBack, watchdogOf, type Place } from '../../../daemons/watched/exchange.ts'
import { NoUseWaiting, type On } from '../../../engine/step-kind.ts'
import { quote } from '../../../lib/quote.ts'
import type { Millis } from '../../../lib/types.ts'
import { defineChange, notYet } from '../../define.ts'
import { endWatch, putInPlace, setAside } from '../../binary/keep-running.ts'
import { fileDigest } from '../../file-digest.ts'
import { poll } from '../../poll.ts'
import { daemonThing, fileThing } from '../../things.ts'
import { asRoot } from '../../vip/as-root.ts'

type Input = Place & {
  /** A file in the same directory; or the very file that lies there. */
  readonly comes: { readonly staged: string; readonly sha256: string } | { readonly lies: true }
  /** The verb of zdt.yaml; `{pid}` in it stands for the main process. */
  readonly upgrade: readonly string[]
  readonly run: string
  /** How long the host watches over it. */
  readonly watched: Millis
  /** How long the application is given to start its new code. */
  readonly timeout: Millis
}

type Found = {
  /** Of what ran. */
  readonly sha256: string | null
  readonly was: AppPicture
}

/** The command with the main process filled in: words stay words, no shell reads them here. */
export function withPid(argv: readonly string[], pid: number): string[] {
  return argv.map((word) => word.replaceAll('{pid}', () => String(pid)))
}

/**
 * Puts the new program where the old one lies and gives the application its own word to start it. Done is when systemd's main
 * process executes the file that lies there: that the word exited 0 is not enough. The host itself watches meanwhile.
 */
export const exchangeApp = defineChange<Input, Found>({
  kind: 'app.exchange-binary',
  describe: ({ target, backup, comes, upgrade, unit }) => ({
    title:
      'lies' in comes
        ? `have ${unit} execute what lies at ${target}`
        : `replace ${target}, and have ${unit} execute it`,
    commands: [
      ...('lies' in comes ? [] : [quote(['ln', target, backup]), quote(['mv', '-fT', comes.staged, target])]),
      byHand(upgrade, unit),
    ],
  }),
  describeUndo: ({ target, backup, unit, run, upgrade }) => [
    `sudo systemctl stop ${watchdogOf(run)} || true`,
    `${quote(['test', backup, '-ef', target])} || { ${quote(['sudo', 'ln', '-fT', backup, `${target}.zdt-back`])} && ${quote(['sudo', 'mv', '-fT', `${target}.zdt-back`, target])}; }`,
    `sudo ${byHand(upgrade, unit)} || sudo systemctl start ${unit}`,
    quote(['sudo', 'rm', '-f', backup]),
  ],
  observe: async ({ unit, target, backup, comes }, on) => ({
    sha256: await fileDigest(on, 'lies' in comes ? backup : target),
    was: await look(on, { unit, target }),
  }),
  isDone: ({ comes }, { sha256, was }) => runsIt(was) && ('lies' in comes || comes.sha256 === sha256),
  apply: async (input, { was: { main, unit } }, on) => {
    if (main === null) throw new NoUseWaiting(`${unit.id} has no main process`, { host: on.host.name })
    const staged = 'lies' in input.comes ? '' : input.comes.staged
    if ('lies' in input.comes) await putInPlace(on, input.target)
    const { run, watched, target } = input
    const exchange = exchangeBinary(input, { staged, run, master: main, restarts: unit.restarts, watched })
    await asRoot(on, exchange, `${target} could not be replaced`)
    await giveWord(input, main.pid, on)
  },
  verify: async ({ unit, target, comes }, found, on) => {
    const now = await look(on, { unit, target })
    const { activeState, restarts } = now.unit
    const digest = await fileDigest(on, target)
    if (!('lies' in comes) && digest === found.sha256 && digest !== comes.sha256)
      throw died(`${unit} died with its new program; the host itself has put the old one back`, unit, on)
    if (activeState === 'failed' || activeState === 'inactive' || restarts > found.was.unit.restarts)
      throw died(`${unit} died with its new program`, unit, on)
    return notYet(...awaited(now), !('lies' in comes) && digest !== comes.sha256 && `${target} is not the new file`)
  },
  undo: async (input, found, on) => {
    const { unit, timeout, comes } = input
    if ('lies' in comes) {
      if (neverTook(found, await look(on, input))) return endWatch(on, input.run)
      await setAside(on, input)
    }
    await asRoot(on, putBinaryBack(input, input.run), `${input.target} could not be put back`)
    const now = await look(on, input)
    if (now.main === null) {
      await on.host.run(['systemctl', 'reset-failed', '--', unit], { as: 'root', signal: on.signal })
      await asRoot(on, ['systemctl', 'start', '--', unit], `${unit} could not be started`)
    } else if (!runsIt(now)) {
      await giveWord(input, now.main.pid, on)
    }
    await poll(
      on,
      () => look(on, input),
      (seen) => awaited(seen).length === 0,
      {
        patience: timeout,
        still: (seen) => awaited(seen).join('; '),
      },
    )
    // What was kept by a step of its own is that step's.
    if (!('lies' in comes)) await asRoot(on, ['rm', '-f', '--', input.backup], `${input.backup} could not be removed`)
  },
  undone: async (input, { sha256 }, on) => {
    if ('lies' in input.comes) {
      const { main } = await look(on, input)
      const runs = main && (await fileDigest(on, `/proc/${main.pid}/exe`))
      return notYet(runs !== sha256 && `${input.unit} runs other code than before`)
    }
    return notYet(
      ...awaited(await look(on, input)),
      (await fileDigest(on, input.target)) !== sha256 && `${input.target} is not the old file`,
      (await fileDigest(on, input.backup)) !== null && `${input.backup} is still there`,
    )
  },
  untouched: async (input, found, on) =>
    notYet(!('lies' in input.comes && neverTook(found, await look(on, input))) && 'it was begun'),
  about: ({ target, comes, unit }, host) => [
    fileThing(host, target),
    ...('lies' in comes ? [] : [fileThing(host, comes.staged)]),
    daemonThing(host, unit),
  ],
  // In its place and not yet executed, executed, or on its way back: `undo` goes on from each of these.
  halfway: async ({ target, comes }, { sha256 }, on) =>
    'lies' in comes || [comes.sha256, sha256].includes((await fileDigest(on, target)) ?? null),
  patience: ({ timeout }) => timeout,
  interval: () => 300,
})

function look(on: On, { unit, target }: Pick<Place, 'unit' | 'target'>): Promise<AppPicture> {
  return appProcess(on.host, unit, target, { signal: on.signal })
}

/** Does the main process execute the very file that lies there? */
function runsIt({ main, inode }: AppPicture): boolean {
  return main !== null && main.exeInode === inode
}

/** The main process is the one of before, of code that lay there already: it was not executed. */
function neverTook({ was }: Found, { main }: AppPicture): boolean {
  return main !== null && main.pid === was.main?.pid && main.exeInode === was.main.exeInode
}

/** Why it does not serve with the file that lies there; nothing where it does. */
function awaited({ unit, main, inode }: AppPicture): string[] {
  if (main === null) return [`${unit.id} to have a main process`]
  return [
    ...(main.exeInode === inode ? [] : [`main process ${main.pid} runs another file than the one that lies there`]),
    ...(unit.activeState === 'active' ? [] : [`${unit.id} is ${unit.activeState}`]),
  ]
}

async function giveWord({ upgrade, unit }: Input, pid: number, on: On): Promise<void> {
  const argv = withPid(upgrade, pid)
  await asRoot(on, argv, `${unit}: ${quote(argv)} failed`)
}

function byHand(upgrade: readonly string[], unit: string): string {
  const pid = `$(systemctl show -p MainPID --value ${unit})`
  return upgrade.map((word) => (word === '{pid}' ? pid : quote([word]))).join(' ')
}

function died(message: string, unit: string, { host }: On): NoUseWaiting {
  return new NoUseWaiting(message, { host: host.name, suggestions: [`ssh ${host.name} journalctl -u ${unit}`] })
}
