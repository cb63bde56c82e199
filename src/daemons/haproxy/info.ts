import type { Host } from '../../hosts/host.ts'
import { showInfo } from './commands.ts'
import type { AskOptions } from './conversation.ts'
import { ask } from './runtime.ts'

/** One HAProxy process, by its own words. */
export type Info = {
  readonly version: string
  readonly releaseDate: string
  readonly pid: number
  readonly uptimeSeconds: number
  /** It was told to leave and only finishes what it has. */
  readonly stopping: boolean
  readonly threads: number
  readonly node: string
  /** Connections from clients now. */
  readonly connections: number
}

/** Reads `show info`. */
export function parseInfo(answer: string): Info {
  const fields = new Map(
    answer.split('\n').map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const number = (name: string) => Number(fields.get(name) ?? 0)
  return {
    version: fields.get('Version') ?? '',
    releaseDate: fields.get('Release_date') ?? '',
    pid: number('Pid'),
    uptimeSeconds: number('Uptime_sec'),
    stopping: number('Stopping') !== 0,
    threads: number('Nbthread'),
    node: fields.get('node') ?? '',
    connections: number('CurrConns'),
  }
}

/** Asks the process behind a socket who it is; level user is enough. Throws what `ask` throws. */
export async function info(host: Host, socket: string, options?: AskOptions): Promise<Info> {
  const [answer = ''] = await ask(host, socket, [showInfo()], options)
  return parseInfo(answer)
}
