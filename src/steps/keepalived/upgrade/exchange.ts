import { appProcess, type AppPicture } from '../../../daemons/app/process.ts'
import { NoUseWaiting, type On } from '../../../engine/step-kind.ts'
import type { Millis } from '../../../lib/types.ts'
import { backInPlaceByHand, keepFile, putKeptBack, replaceKeeping } from '../../binary/in-place.ts'
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
import { defineChange, notYet } from '../../define.ts'
import { fileDigest } from '../../file-digest.ts'
import { byHand } from '../../packages/managers.ts'
import { installNew, installOld, notOld } from '../../packages/put.ts'
import { fileThing, keepalivedThing } from '../../things.ts'
import { asRoot } from '../../vip/as-root.ts'
import { notBackup, refuseHolding, type Vip } from '../restart.ts'

type Input = {
  readonly unit: string
  readonly target: string
  readonly backup: string
  readonly comes: Exclude<Comes, { readonly lies: true }>
  /** It must be BACKUP for these, before and afterwards. */
  readonly vips: readonly Vip[]
}

type Found = Lay & {
  readonly pid: number | null
  /** It executes the file that lies there. */
  readonly runs: boolean
}

/** For a start, and until it has heard the adverts of the other node. */
const patience: Millis = 60_000

/**
 * Puts the new Keepalived where the old one lies and restarts it, on a node that holds nothing: it has no other way to new code
 * (TRAPS: Keepalived). Done is when systemd's main process executes that file, and the node is BACKUP again.
 */
export const exchangeKeepalived = defineChange<Input, Found>({
  kind: 'keepalived.exchange-binary',
  describe: (input) => ({
    title: comesInWords(input.comes, input, `restart ${input.unit}`),
    commands: [...putByHand(input.comes, input), `systemctl restart ${input.unit}`],
  }),
  describeUndo: ({ target, backup, unit, comes }) => [
    ...('packages' in comes ? [byHand(comes.packages, 'old')] : []),
    backInPlaceByHand(target, backup),
    `sudo systemctl restart ${unit}`,
  ],
  observe: async (input, on) => {
    const [lay, now] = await Promise.all([layOf(input.comes, input, on), look(input, on)])
    return { ...lay, pid: now.main?.pid ?? null, runs: awaited(now).length === 0 }
  },
  isDone: ({ comes }, found) => found.runs && layThere(comes, found),
  apply: async (input, _found, on) => {
    const { comes, target, backup, unit } = input
    await refuseHolding(on.host, input.vips, on.signal)
    if ('packages' in comes) {
      await keepFile(on, input)
      await installNew(on, comes.packages)
    } else {
      await replaceKeeping(on, { target, backup, staged: comes.staged })
    }
    await asRoot(on, ['systemctl', 'restart', '--', unit], `${unit} did not restart`)
  },
  verify: async (input, { pid }, on) => {
    const now = await look(input, on)
    if (now.unit.activeState === 'failed') throw died(input, on)
    return notYet(
      ...(await notThere(input.comes, input, on)),
      ...awaited(now),
      now.main?.pid === pid && `${input.unit} was not restarted`,
      ...(await notBackup(input.vips, on)),
    )
  },
  undo: async (input, found, on) => {
    const { comes, target, backup, unit } = input
    await refuseHolding(on.host, input.vips, on.signal)
    if ('packages' in comes) await installOld(on, comes.packages, found.versions ?? {})
    // The very file that ran, rather than the package's copy of it.
    const kept = await fileDigest(on, backup)
    if (kept !== null && kept === found.sha256) await putKeptBack(on, { target, backup })
    const now = await look(input, on)
    if (awaited(now).length === 0) return
    await on.host.run(['systemctl', 'reset-failed', '--', unit], { as: 'root', signal: on.signal })
    await asRoot(on, ['systemctl', 'restart', '--', unit], `${unit} did not restart`)
  },
  undone: async (input, { sha256, versions }, on) =>
    notYet(
      ...('packages' in input.comes ? await notOld(on, input.comes.packages, versions ?? {}) : []),
      (await fileDigest(on, input.target)) !== sha256 && `${input.target} is not the old file`,
      (await fileDigest(on, input.backup)) !== null && `${input.backup} is still there`,
      ...awaited(await look(input, on)),
      ...(await notBackup(input.vips, on)),
    ),
  about: ({ target, comes, unit }, host) => [
    fileThing(host, target),
    ...('staged' in comes ? [fileThing(host, comes.staged)] : []),
    keepalivedThing(host, unit),
  ],
  // In its place and not yet started, started, or on its way back: `undo` goes on from each of these.
  halfway: ({ comes, target }, found, on) => isEither(comes, target, found, on),
  patience: () => patience,
  interval: () => 500,
})

function look({ unit, target }: Input, on: On): Promise<AppPicture> {
  return appProcess(on.host, unit, target, { signal: on.signal })
}

/** Why Keepalived does not run the file that lies there. */
function awaited({ unit, main, inode }: AppPicture): string[] {
  if (main === null) return [`${unit.id} has no process`]
  return main.exeInode === inode ? [] : [`process ${main.pid} runs another file than the one that lies there`]
}

function died({ unit }: Input, { host }: On): NoUseWaiting {
  return new NoUseWaiting(`${unit} died with its new program`, {
    host: host.name,
    suggestions: [`ssh ${host.name} journalctl -u ${unit}`],
  })
}
