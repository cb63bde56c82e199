import { hostOver } from '../../hosts/host-over.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import type { GateVerdict } from './verdict.ts'

/** Does a command on this machine exit 0? `directory`: where it is run. */
export async function askCommand(
  { command, timeout }: { readonly command: readonly string[]; readonly timeout: Millis },
  directory: string,
  signal: AbortSignal,
): Promise<GateVerdict> {
  const { localTransport } = await import('../../hosts/local.ts')
  const here = hostOver(await localTransport('this machine' as HostName, process.env), 'none')
  try {
    // The words are the shell's arguments and never its text.
    const argv = ['/bin/sh', '-c', 'cd -- "$1" || exit 126; shift; exec "$@"', 'zdt', directory, ...command]
    const { code, stdout, stderr } = await here.run(argv, { timeout, signal })
    const said = `${stdout.toString()}${stderr.toString()}`.trim().split('\n').at(-1) ?? ''
    const how = `${command[0] ?? ''} exited with ${code}${said === '' ? '' : `: ${said}`}`
    // It is not there, or may not be run, as on a colleague's machine: that says nothing of the version.
    if (code === 126 || code === 127) return { says: 'nothing', text: how }
    return { says: code === 0 ? 'pass' : 'fail', text: how }
  } catch (error) {
    signal.throwIfAborted()
    return { says: 'fail', text: `${command[0] ?? ''}: ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    await here.close()
  }
}
