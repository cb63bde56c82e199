import { readFile } from 'node:fs/promises'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { sha256 as digest } from '../../lib/digest.ts'
import { quote } from '../../lib/quote.ts'
import { defineChange, notYet } from '../define.ts'
import { fileDigest } from '../file-digest.ts'
import { leftTemps, removeTemps } from '../temps.ts'
import { fileThing } from '../things.ts'

type Input = {
  /** On the operator's machine. */
  readonly file: string
  readonly sha256: string
  /** On the host, beside the binary that it will replace: same file system, same right to be executed. */
  readonly staged: string
}

/** Uploads the new binary beside the old one. Nothing runs it yet. */
export const stageBinary = defineChange<Input, { readonly sha256: string | null }>({
  kind: 'binary.stage',
  describe: ({ file, staged }, host) => ({
    title: `upload ${file} as ${staged}`,
    commands: [quote(['scp', file, `${host}:${staged}`])],
  }),
  describeUndo: ({ staged }) => [quote(['sudo', 'rm', '-f', staged])],
  observe: async ({ staged }, on) => ({ sha256: await fileDigest(on, staged) }),
  isDone: ({ sha256 }, found) => found.sha256 === sha256,
  apply: async ({ file, sha256, staged }, _found, on) => {
    const content = await readFile(file)
    if (digest(content) !== sha256) {
      throw new NoUseWaiting(`${file} has changed since the plan was made`, { host: on.host.name })
    }
    await on.host.write(staged, content, { as: 'root', mode: '0755', signal: on.signal, timeout: 120_000 })
  },
  verify: async ({ sha256, staged }, _found, on) =>
    notYet((await fileDigest(on, staged)) !== sha256 && `${staged} is not what was uploaded`),
  undo: async ({ staged }, _found, on) => {
    await on.host.run(['rm', '-f', '--', staged], { as: 'root', signal: on.signal })
    await removeTemps(on, staged)
  },
  undone: async ({ staged }, _found, on) =>
    notYet(
      (await fileDigest(on, staged)) !== null && `${staged} is still there`,
      (await leftTemps(on, staged)).length > 0 && `half an upload of ${staged} is still there`,
    ),
  about: ({ staged }, host) => [fileThing(host, staged)],
  // The name is this run's own: whatever lies there is what an upload left.
  halfway: () => Promise.resolve(true),
})
