import { appProcess, type AppPicture } from '../../../daemons/app/process.ts'
import { nodeOf } from '../../../daemons/keepalived/node.ts'
import { NoUseWaiting, type On } from '../../../engine/step-kind.ts'
import type { Millis } from '../../../lib/types.ts'
import { backInPlaceByHand } from '../../binary/by-hand.ts'
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
import { HoldsVip, type Vip } from '../restart.ts'

type Input = {
  readonly unit: string
  readonly target: string
  readonly backup: string
  readonly comes: Exclude<Comes, { readonly lies: true }>
  /** It must be BACKUP for these, before and afterwards. */
  readonly vips: readonly Vip[]
}

type Found = Lay & { readonly pid: number | null }

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
    const [lay, { main }] = await Promise.all([layOf(input.comes, input, on), look(input, on)])
    return { ...lay, pid: main?.pid ?? null }
  },
  isDone: ({ comes }, found) => layThere(comes, found),
  apply: async (input, _found, on) => {
    const { comes, target, backup, unit } = input
    await refuseHolder(input, on)
    if ('packages' in comes) {
      await asRoot(on, ['ln', '-fT', '--', target, backup], `${target} could not be kept`)
      await installNew(on, comes.packages)
    } else {
      const exchange = ['sh', '-c', replace, 'zdt-replace', target, comes.staged, backup]
      await asRoot(on, exchange, `${target} could not be replaced`)
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
      ...(await notBackup(input, on)),
    )
  },
  undo: async (input, found, on) => {
    const { comes, target, backup, unit } = input
    await refuseHolder(input, on)
    if ('packages' in comes) await installOld(on, comes.packages, found.versions ?? {})
    // The very file that ran, rather than the package's copy of it.
    const kept = await fileDigest(on, backup)
    if (kept !== null && kept === found.sha256)
      await asRoot(on, ['sh', '-c', putBack, 'zdt-put-back', target, backup], `${target} could not be put back`)
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
      ...(await notBackup(input, on)),
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

/** A hard link and a rename: no moment without a binary. Owner, mode and attributes are the old one's. */
const replace = String.raw`
set -e
target=$1 staged=$2 backup=$3
cp --attributes-only --preserve=mode,ownership,xattr -- "$target" "$staged"
ln -fT -- "$target" "$backup"
mv -fT -- "$staged" "$target"
sync -- "$(dirname -- "$target")"
`

/** Where the two are one file already, mv refuses. */
const putBack = String.raw`
set -e
target=$1 backup=$2
[ "$target" -ef "$backup" ] || mv -fT -- "$backup" "$target"
rm -f -- "$backup"
sync -- "$(dirname -- "$target")"
`

function look({ unit, target }: Input, on: On): Promise<AppPicture> {
  return appProcess(on.host, unit, target, { signal: on.signal })
}

/** Why Keepalived does not run the file that lies there. */
function awaited({ unit, main, inode }: AppPicture): string[] {
  if (main === null) return [`${unit.id} has no process`]
  return main.exeInode === inode ? [] : [`process ${main.pid} runs another file than the one that lies there`]
}

async function notBackup({ vips }: Input, on: On): Promise<string[]> {
  const nodes = await Promise.all(vips.map((vip) => nodeOf(on.host, vip, on.signal)))
  return nodes.flatMap(({ instance }) =>
    instance?.state === 'BACKUP' ? [] : [`Keepalived says ${instance?.state ?? 'nothing'}`],
  )
}

/** It may have taken a VIP over meanwhile: then nobody restarts it. Throws HoldsVip. */
async function refuseHolder({ vips }: Input, on: On): Promise<void> {
  for (const vip of vips) {
    const { heldBy } = await nodeOf(on.host, vip, on.signal)
    if (heldBy !== null) throw new HoldsVip(on.host.name, vip, 'holds')
  }
}

function died({ unit }: Input, { host }: On): NoUseWaiting {
  return new NoUseWaiting(`${unit} died with its new program`, {
    host: host.name,
    suggestions: [`ssh ${host.name} journalctl -u ${unit}`],
  })
}
