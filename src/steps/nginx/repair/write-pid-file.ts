import { pidFileOf } from '../../../daemons/nginx/phase.ts'
import { quote } from '../../../lib/quote.ts'
import { defineChange, notYet } from '../../define.ts'
import { nginxThing } from '../../things.ts'
import { onlyMaster } from './only-master.ts'

type Input = { readonly unit: string; readonly path: string }

type Found = { readonly names: number | null; readonly master: number }

/** Writes the pid of the running master into its pid file: without it USR2 would poison it (TRAPS, case 11). */
export const writePidFile = defineChange<Input, Found>({
  kind: 'nginx.write-pid-file',
  describe: ({ unit, path }) => ({
    title: `mend: ${path} names the running master`,
    commands: [`systemctl show -p MainPID --value ${unit} | sudo tee ${quote([path])}`],
  }),
  describeUndo: () => [],
  observe: async ({ unit }, on) => {
    const { picture, master } = await onlyMaster(on, unit)
    return { names: pidFileOf(picture, master).pid, master: master.pid }
  },
  isDone: (_input, { names, master }) => names === master,
  // As nginx writes it: the number and a line end, root's, 0644.
  apply: ({ path }, { master }, on) =>
    on.host.write(path, `${master}\n`, { as: 'root', mode: '0644', signal: on.signal }),
  verify: async ({ unit, path }, _found, on) => {
    const { picture, master } = await onlyMaster(on, unit)
    return notYet(pidFileOf(picture, master).pid !== master.pid && `${path} does not name master ${master.pid}`)
  },
  // A mend stays: a wrong pid file is nothing to come back to.
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(notYet()),
  stays: true,
  about: ({ unit }, host) => [nginxThing(host, unit)],
})
