import { quote } from '../../lib/quote.ts'
import { backInPlaceByHand, putKeptBack, replaceKeeping } from '../binary/in-place.ts'
import { defineChange, notYet } from '../define.ts'
import { fileDigest } from '../file-digest.ts'
import { fileThing } from '../things.ts'
import { asRoot } from '../vip/as-root.ts'
import { backToOld, oldNginx, startedAnew, type Place } from './back-to-old.ts'
import { look } from './look.ts'
import type { OldNginx } from './next-move.ts'

type Input = Place & {
  /** The new binary, in the same directory. */
  readonly staged: string
  readonly sha256: string
}

type Found = {
  readonly sha256: string | null
  /** What runs: a boot starts what lies on disk, and then there is more to put back than the file. Null where none runs. */
  readonly old: OldNginx | null
}

/** Puts the new nginx where the old one lies. Running processes keep the old file: it lives on under its backup's name. */
export const replaceBinary = defineChange<Input, Found>({
  kind: 'nginx.replace-binary',
  describe: ({ target, staged, backup }) => ({
    title: `replace ${target}, keep the old one as ${backup}`,
    commands: [quote(['ln', target, backup]), quote(['mv', '-fT', staged, target])],
  }),
  describeUndo: ({ target, backup }) => [backInPlaceByHand(target, backup)],
  observe: async ({ target, unit }, on) => {
    const { picture, phase } = await look(on, unit)
    const old = phase.phase === 'single' ? oldNginx(picture, phase.master) : null
    return { sha256: await fileDigest(on, target), old }
  },
  isDone: ({ sha256 }, found) => found.sha256 === sha256,
  apply: (input, _found, on) => replaceKeeping(on, input),
  verify: async ({ target, sha256 }, _found, on) =>
    notYet((await fileDigest(on, target)) !== sha256 && `${target} is not the new file`),
  undo: async (place, found, on) => {
    const { target, backup, unit } = place
    if (found.old && startedAnew(await look(on, unit), found.old, place)) await backToOld(on, place, found.old)
    if ((await fileDigest(on, target)) === found.sha256) {
      // Put back already, by the undo of a later step: only the kept name is left to remove.
      await asRoot(on, ['rm', '-f', '--', backup], `${backup} could not be removed`)
      return
    }
    await putKeptBack(on, place)
  },
  undone: async (place, found, on) => {
    const { target, backup, unit } = place
    return notYet(
      found.old !== null && startedAnew(await look(on, unit), found.old, place) !== undefined && 'the new nginx runs',
      (await fileDigest(on, target)) !== found.sha256 && `${target} is not the old file`,
      (await fileDigest(on, backup)) !== null && `${backup} is still there`,
    )
  },
  // It takes the staged file away, and puts it in the place of the other.
  about: ({ target, staged }, host) => [fileThing(host, target), fileThing(host, staged)],
  // Linked and not yet renamed; or put back by a later step's undo, with the kept one still there.
  halfway: async ({ target }, found, on) => (await fileDigest(on, target)) === found.sha256,
})
