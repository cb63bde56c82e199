import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import { backInPlaceByHand } from '../binary/by-hand.ts'
import { defineChange, notYet } from '../define.ts'
import { fileDigest } from '../file-digest.ts'
import { byHand, inWords, type Packages } from '../packages/managers.ts'
import {
  areNew,
  installNew,
  installOld,
  isBetween,
  notNew,
  notOld,
  versionsNow,
  type Versions,
} from '../packages/put.ts'
import { fileThing } from '../things.ts'
import { backToOld, oldNginx, startedAnew, type Place } from './back-to-old.ts'
import { look } from './look.ts'
import type { OldNginx } from './next-move.ts'

type Input = Place & { readonly packages: Packages }

type Found = {
  readonly versions: Versions
  readonly sha256: string | null
  /** What runs: a boot starts what is installed, and then there is more to put back. Null where none runs. */
  readonly old: OldNginx | null
}

/**
 * Installs packages under a running nginx, which goes on with the code it has: no maintainer script may start, stop or reload
 * anything meanwhile. The binary of before lives on under its backup's name, as its running process has it.
 */
export const installPackages = defineChange<Input, Found>({
  kind: 'nginx.install-packages',
  describe: ({ packages }) => ({
    title: `install ${inWords(packages)}, with no service touched`,
    commands: [byHand(packages, 'new')],
  }),
  describeUndo: ({ packages, target, backup }) => [
    `${byHand(packages, 'old')} && ${backInPlaceByHand(target, backup)}`,
  ],
  observe: async ({ target, unit, packages }, on) => {
    const [{ picture, phase }, sha256, versions] = await Promise.all([
      look(on, unit),
      fileDigest(on, target),
      versionsNow(on, packages),
    ])
    return { versions, sha256, old: phase.phase === 'single' ? oldNginx(picture, phase.master) : null }
  },
  isDone: ({ packages }, { versions }) => areNew(packages, versions),
  apply: async ({ target, backup, packages }, _found, on) => {
    await must(on, ['ln', '-fT', '--', target, backup])
    await installNew(on, packages)
  },
  verify: async ({ packages }, _found, on) => notYet(...(await notNew(on, packages))),
  undo: async (place, found, on) => {
    const { target, backup, unit, packages } = place
    if (found.old && startedAnew(await look(on, unit), found.old, place)) await backToOld(on, place, found.old)
    await installOld(on, packages, found.versions)
    // The very file that the running nginx executes, and whatever it was, rather than the package's copy of it.
    if ((await fileDigest(on, backup)) === null) return
    if ((await fileDigest(on, backup)) !== found.sha256) await must(on, ['rm', '-f', '--', backup])
    else await must(on, ['sh', '-c', putBack, 'zdt-put-back', target, backup])
  },
  undone: async (place, found, on) => {
    const { target, backup, unit, packages } = place
    return notYet(
      found.old !== null && startedAnew(await look(on, unit), found.old, place) !== undefined && 'the new nginx runs',
      ...(await notOld(on, packages, found.versions)),
      (await fileDigest(on, target)) !== found.sha256 && `${target} is not the old file`,
      (await fileDigest(on, backup)) !== null && `${backup} is still there`,
    )
  },
  about: ({ target }, host) => [fileThing(host, target)],
  // dpkg itself died in the middle, or the old packages are back and the kept file is still there.
  halfway: ({ packages }, found, on) => isBetween(on, packages, found.versions),
  // One that was cut off goes on there to its own end.
  patience: () => 120_000,
  interval: () => 1000,
})

/** By a hard link first: where the two are one file already, mv refuses. */
const putBack = String.raw`
set -e
target=$1 backup=$2
[ "$target" -ef "$backup" ] || mv -fT -- "$backup" "$target"
rm -f -- "$backup"
sync -- "$(dirname -- "$target")"
`

async function must(on: On, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await on.host.run(argv, { as: 'root', signal: on.signal })
  if (code !== 0)
    throw new NoUseWaiting('the old file could not be kept', { host: on.host.name, said: stderr.toString().trim() })
}
