import { backInPlaceByHand, keepFile, putKeptBack } from '../binary/in-place.ts'
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
import { asRoot } from '../vip/as-root.ts'
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
  apply: async (input, _found, on) => {
    await keepFile(on, input)
    await installNew(on, input.packages)
  },
  verify: async ({ packages }, _found, on) => notYet(...(await notNew(on, packages))),
  undo: async (place, found, on) => {
    const { backup, unit, packages } = place
    if (found.old && startedAnew(await look(on, unit), found.old, place)) await backToOld(on, place, found.old)
    await installOld(on, packages, found.versions)
    // The very file that the running nginx executes, and whatever it was, rather than the package's copy of it.
    if ((await fileDigest(on, backup)) === null) return
    if ((await fileDigest(on, backup)) !== found.sha256)
      await asRoot(on, ['rm', '-f', '--', backup], `${backup} could not be removed`)
    else await putKeptBack(on, place)
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
