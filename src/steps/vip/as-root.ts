import { NoUseWaiting, type On } from '../../engine/step-kind.ts'

/** Runs a command as root. Throws NoUseWaiting with `failed` and the system's words where it exits otherwise than 0. */
export async function asRoot(on: On, argv: readonly string[], failed: string): Promise<void> {
  const { code, stderr } = await on.host.run(argv, { as: 'root', signal: on.signal })
  if (code !== 0)
    throw new NoUseWaiting(failed, { host: on.host.name, said: stderr.toString().trim() || `exit ${code}` })
}
