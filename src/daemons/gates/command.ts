import { cannotRun, runHere } from '../../hosts/run-here.ts'
import type { Millis } from '../../lib/types.ts'
import type { GateVerdict } from './verdict.ts'

/** Does a command on this machine exit 0? `directory`: where it is run. */
export async function askCommand(
  { command, timeout }: { readonly command: readonly string[]; readonly timeout: Millis },
  directory: string,
  signal: AbortSignal,
): Promise<GateVerdict> {
  try {
    const { code, stdout, stderr } = await runHere(directory, command, { timeout, signal })
    const said = `${stdout.toString()}${stderr.toString()}`.trim().split('\n').at(-1) ?? ''
    const how = `${command[0] ?? ''} exited with ${code}${said === '' ? '' : `: ${said}`}`
    // Such as on a colleague's machine: that says nothing of the version.
    if (cannotRun.has(code)) return { says: 'nothing', text: how }
    return { says: code === 0 ? 'pass' : 'fail', text: how }
  } catch (error) {
    signal.throwIfAborted()
    return { says: 'fail', text: `${command[0] ?? ''}: ${error instanceof Error ? error.message : String(error)}` }
  }
}
