import type { Host, Hosts } from '../hosts/host.ts'
import type { HostName } from '../lib/types.ts'
import { NoUseWaiting, type Lost, type On } from './step-kind.ts'

/** What a step on a host needs to know of its run. */
interface Running {
  readonly run: string
  readonly stop: AbortSignal
  text?(sha256: string): Promise<string | undefined>
  lost?(): Lost | undefined
}

/** What a step is given to work with on one of `hosts`; `known` is the host itself, where it is not to be asked for. */
export async function onHost(hosts: Hosts, name: HostName, running: Running, known?: Host): Promise<On> {
  return {
    host: known ?? (await hosts.on(name)),
    run: running.run,
    signal: running.stop,
    other: (other) => hosts.on(other),
    lost: () => running.lost?.(),
    text: async (sha256) => (await running.text?.(sha256)) ?? textless(name, running),
  }
}

function textless(host: HostName, { run }: Running): never {
  throw new NoUseWaiting(
    'what was to be uploaded is no longer to be had: the templates, the fleet or a secret changed',
    { host, suggestions: [`zdt rollback ${run}   # where anything of it is left; then apply again`] },
  )
}
