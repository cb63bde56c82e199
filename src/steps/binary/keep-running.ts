import { watchdogOf } from '../../daemons/watched/exchange.ts'
import type { On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { defineChange, notYet } from '../define.ts'
import { fileDigest } from '../file-digest.ts'
import { fileThing } from '../things.ts'
import { asRoot } from '../vip/as-root.ts'

type Input = {
  readonly unit: string
  /** The file that the unit's main process would execute anew. */
  readonly target: string
  readonly backup: string
}

/**
 * Where the file that runs lies at its path still, a hard link to it; else a copy of what runs, as only /proc has it, under a
 * name of its own until it is whole.
 */
const keep = String.raw`
set -e
target=$1 backup=$2 exe=/proc/$(systemctl show -p MainPID --value -- "$3")/exe
if [ "$exe" -ef "$target" ]; then
  ln -fT -- "$target" "$backup"
else
  cp --preserve=mode,ownership,timestamps,xattr -- "$exe" "$backup.part"
  sync -- "$backup.part"
  mv -fT -- "$backup.part" "$backup"
fi
cmp -s -- "$exe" "$backup"
`

const aside = String.raw`
target=$1 backup=$2
[ "$target" -ef "$backup" ] || [ -e "$target.zdt-lies" ] || ln -T -- "$target" "$target.zdt-lies"
`

/**
 * Before the kept code is put in its place: what lies there is the operator's, and no more than set aside. A hard link; harmless
 * when it is done already. Throws NoUseWaiting.
 */
export function setAside(on: On, { target, backup }: Pick<Input, 'target' | 'backup'>): Promise<void> {
  return asRoot(on, ['sh', '-c', aside, 'zdt-aside', target, backup], `${target} could not be set aside`)
}

/** What was set aside lies in its place again; harmless when nothing was. Throws NoUseWaiting. */
export function putInPlace(on: On, target: string): Promise<void> {
  const script = '[ ! -e "$1.zdt-lies" ] || mv -fT -- "$1.zdt-lies" "$1"'
  return asRoot(on, ['sh', '-c', script, 'zdt-in-place', target], `${target} could not be put back in its place`)
}

/** Ends the host's watch over a run's exchange, where there is one. */
export async function endWatch(on: On, run: string): Promise<void> {
  await on.host.run(['systemctl', 'stop', '--', watchdogOf(run)], { as: 'root', signal: on.signal })
}

/**
 * Keeps the code that a daemon runs, whether it lies on disk still or not (TRAPS: Linux): it is the way back. Undone, what lay there
 * lies there again.
 */
export const keepRunning = defineChange<Input, { readonly sha256: string | null }>({
  kind: 'binary.keep-running',
  describe: ({ unit, backup }) => ({
    title: `keep what ${unit} runs as ${backup}`,
    commands: [`cp -p /proc/$(systemctl show -p MainPID --value ${unit})/exe ${quote([backup])}`],
  }),
  describeUndo: ({ target, backup }) => [
    `${quote(['test', '!', '-e', `${target}.zdt-lies`])} || ${quote(['sudo', 'mv', '-fT', `${target}.zdt-lies`, target])}`,
    quote(['sudo', 'rm', '-f', backup]),
  ],
  observe: async ({ backup }, on) => ({ sha256: await fileDigest(on, backup) }),
  isDone: (_input, { sha256 }) => sha256 !== null,
  apply: ({ unit, target, backup }, _found, on) =>
    asRoot(on, ['sh', '-c', keep, 'zdt-keep', target, backup, unit], `what ${unit} runs could not be kept`),
  verify: async ({ backup }, _found, on) =>
    notYet((await fileDigest(on, backup)) === null && `${backup} is not there yet`),
  undo: async ({ target, backup }, _found, on) => {
    await putInPlace(on, target)
    await asRoot(on, ['rm', '-f', '--', backup, `${backup}.part`], `${backup} could not be removed`)
  },
  undone: async ({ target, backup }, _found, on) =>
    notYet(
      (await fileDigest(on, `${target}.zdt-lies`)) !== null && `${target} is still set aside`,
      (await fileDigest(on, backup)) !== null && `${backup} is still there`,
      (await fileDigest(on, `${backup}.part`)) !== null && `half of ${backup} is still there`,
    ),
  about: ({ backup }, host) => [fileThing(host, backup)],
  // The name is this run's own: whatever lies there is what was kept.
  halfway: () => Promise.resolve(true),
})
