import { NoUseWaiting } from '../../engine/step-kind.ts'
import { digestsOf } from '../../hosts/config/look.ts'
import type { FileMove } from '../../hosts/config/change.ts'
import { missingDirectories, stageFiles, unstageFiles } from '../../hosts/config/stage.ts'
import { sha256 } from '../../lib/digest.ts'
import { quote } from '../../lib/quote.ts'
import type { On } from '../../engine/step-kind.ts'
import { defineChange, notYet } from '../define.ts'
import { fileThing } from '../things.ts'

type Input = { readonly moves: readonly FileMove[] }

type Found = {
  /** Of what lay under the names of the staged files, in their order; null where there was none. */
  readonly digests: readonly (string | null)[]
  /** Directories that had to be made, the outermost first. */
  readonly directories: readonly string[]
}

/** Uploads a configuration beside the one that is live, with its owner, mode and label. Nothing reads it yet. */
export const stageConfig = defineChange<Input, Found>({
  kind: 'config.stage',
  describe: ({ moves }, host) => ({
    title: `upload ${moves.map(({ path }) => path).join(', ')} beside ${moves.length === 1 ? 'its place' : 'their places'}`,
    commands: moves.map(({ path, staged }) => quote(['scp', path.slice(1), `${host}:${staged}`])),
  }),
  describeUndo: ({ moves }) => [quote(['sudo', 'rm', '-f', ...moves.map(({ staged }) => staged)])],
  observe: async ({ moves }, on) => ({
    digests: await stagedDigests(moves, on),
    directories: await missingDirectories(on.host, moves, { signal: on.signal }),
  }),
  isDone: ({ moves }, { digests }) => moves.every(({ to }, index) => digests[index] === to),
  apply: async ({ moves }, _found, on) => {
    const files = await Promise.all(
      moves.map(async (move) => {
        const content = move.text ?? (await on.text(move.to))
        if (sha256(content) !== move.to)
          throw new NoUseWaiting(`${move.path} is not as planned`, { host: on.host.name })
        return { move, content }
      }),
    )
    await stageFiles(on.host, files, { signal: on.signal })
  },
  verify: async ({ moves }, _found, on) => {
    const digests = await stagedDigests(moves, on)
    return notYet(
      ...moves.map(({ staged, to }, index) => digests[index] !== to && `${staged} is not what was uploaded`),
    )
  },
  undo: async ({ moves }, { directories }, on) =>
    unstageFiles(on.host, { staged: moves.map(({ staged }) => staged), directories }, { signal: on.signal }),
  undone: async ({ moves }, _found, on) => {
    const digests = await stagedDigests(moves, on)
    return notYet(...moves.map(({ staged }, index) => digests[index] !== null && `${staged} is still there`))
  },
  about: ({ moves }, host) => moves.map(({ staged }) => fileThing(host, staged)),
  // The names are this run's own: whatever lies there is what an upload left.
  halfway: () => Promise.resolve(true),
})

function stagedDigests(moves: readonly FileMove[], on: On): Promise<(string | null)[]> {
  return digestsOf(
    on.host,
    moves.map(({ staged }) => staged),
    { signal: on.signal },
  )
}
