import { quote } from '../../../lib/quote.ts'
import { NoUseWaiting } from '../../../engine/step-kind.ts'
import { defineChange, notYet } from '../../define.ts'
import { nginxThing } from '../../things.ts'
import { onlyMaster } from './only-master.ts'

type Input = { readonly unit: string; readonly path: string }

type Found = { readonly names: string | null }

/** Removes a `.oldbin` that no master goes by any more: the next USR2 would want its name. */
export const removeOldbin = defineChange<Input, Found>({
  kind: 'nginx.remove-oldbin',
  describe: ({ path }) => ({
    title: `mend: remove ${path}, by which no master goes`,
    commands: [quote(['sudo', 'rm', '-f', path])],
  }),
  describeUndo: () => [],
  observe: async ({ unit, path }, on) => {
    const { picture } = await onlyMaster(on, unit)
    return { names: picture.pidFiles[path] ?? null }
  },
  isDone: (_input, { names }) => names === null,
  apply: async ({ path }, _found, on) => {
    const { code, stderr } = await on.host.run(['rm', '-f', '--', path], { as: 'root', signal: on.signal })
    if (code === 0) return
    throw new NoUseWaiting(`${path} could not be removed`, { host: on.host.name, said: stderr.toString().trim() })
  },
  verify: async ({ unit, path }, _found, on) => {
    const { picture } = await onlyMaster(on, unit)
    return notYet(path in picture.pidFiles && `${path} is still there`)
  },
  // A mend stays: it would stand in the way of every upgrade.
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(notYet()),
  stays: true,
  about: ({ unit }, host) => [nginxThing(host, unit)],
})
