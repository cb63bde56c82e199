import { NoUseWaiting } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { defineChange, notYet } from '../define.ts'
import { fileThing } from '../things.ts'
import { inWords, managers, type Packages } from './managers.ts'

/** Fetches new packages, and the installed ones for the way back. Nothing is installed yet. */
export const fetchPackages = defineChange<Packages, { readonly there: boolean }>({
  kind: 'packages.fetch',
  describe: (packages) => ({
    title: `fetch ${inWords(packages)}, and what is installed now for the way back`,
    commands: packages.changes.map(({ name, to }) => quote(['apt-get', 'download', `${name}=${to}`])),
  }),
  describeUndo: ({ dir }) => [quote(['sudo', 'rm', '-rf', dir])],
  observe: async ({ manager, dir }, { host, signal }) => ({
    there: await managers[manager].isFetched(host, dir, { signal }),
  }),
  isDone: (_packages, { there }) => there,
  apply: ({ manager, dir, changes }, _found, { host, signal }) =>
    managers[manager].fetch(host, dir, changes, { signal }),
  verify: async ({ manager, dir }, _found, { host, signal }) =>
    notYet(!(await managers[manager].isFetched(host, dir, { signal })) && `what was fetched into ${dir} is not whole`),
  undo: async ({ dir }, _found, { host, signal }) => {
    const { code, stderr } = await host.run(['rm', '-rf', '--', dir], { as: 'root', signal })
    if (code !== 0)
      throw new NoUseWaiting(`${dir} could not be removed`, { host: host.name, said: stderr.toString().trim() })
  },
  undone: async ({ dir }, _found, { host, signal }) =>
    notYet((await host.run(['test', '-e', dir], { as: 'root', signal })).code === 0 && `${dir} is still there`),
  about: ({ dir }, host) => [fileThing(host, dir)],
  // The name is this run's own: whatever lies there is what a fetch left.
  halfway: () => Promise.resolve(true),
})
