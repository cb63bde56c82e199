import { posix } from 'node:path'
import { prefixFor, refuseIfSudoSaidNo, type Become } from './become.ts'
import { FileRefused, HostUnreachable, NoSuchFile } from './errors.ts'
import { Helpers } from './helpers.ts'
import type { FileOptions, Host, RunOptions, RunResult } from './host.ts'
import { defaultTimeout, runOn } from './run.ts'
import { openSocket, type Way } from './socket.ts'
import type { Transport } from './transport.ts'
import { asOperand, writeCodes, writeCommand } from './write.ts'

/** A Host that also knows whether its connection still stands. */
export interface OpenHost extends Host {
  alive(): boolean
}

/** What a Host does, over any transport: the one place for sudo, files and sockets. */
export function hostOver(transport: Transport, become: Become): OpenHost {
  const { name } = transport
  const starter = new Helpers(transport, become)
  const worked = new Map<string, Way>()
  const endings = new Set<Promise<unknown>>()

  const later = (ending: Promise<unknown>): void => {
    const kept = ending.finally(() => endings.delete(kept))
    endings.add(kept)
  }

  async function run(
    argv: readonly string[],
    { as = 'login', guard, ...options }: RunOptions = {},
  ): Promise<RunResult> {
    const prefix = prefixFor(as, become, transport.isRoot)
    const place = { name, starter, as, alive: () => transport.alive() }
    const answer = await runOn(place, argv, { ...options, guarded: await guard?.before() }, later)
    if (prefix.length > 0) refuseIfSudoSaidNo(name, answer)
    return guard?.heard(answer, name) ?? answer
  }

  async function read(path: string, options: FileOptions = {}): Promise<Buffer> {
    const { code, stdout, stderr } = await run(['env', 'LC_ALL=C', 'cat', '--', path], options)
    if (code === 0) return stdout
    const said = stderr.toString().trim()
    if (said.endsWith('No such file or directory')) throw new NoSuchFile(path, { host: name, said })
    throw new FileRefused('read', path, { host: name, said })
  }

  async function write(path: string, content: string | Uint8Array, options: FileOptions & { mode?: string } = {}) {
    const { mode = '0644', timeout = defaultTimeout, ...rest } = options
    const input = typeof content === 'string' ? Buffer.from(content) : content
    const { code, stderr } = await run(writeCommand(path, input.byteLength, mode, timeout), { ...rest, timeout, input })
    if (code === 0) return
    const said = stderr.toString().trim()
    if (code === writeCodes.noDirectory) throw new NoSuchFile(posix.dirname(asOperand(path)), { host: name, said })
    if (code === writeCodes.short) throw new HostUnreachable({ host: name, said: 'the content arrived cut short' })
    throw new FileRefused('write', path, { host: name, said })
  }

  return {
    name,
    alive: () => transport.alive(),
    run,
    read,
    write,
    connect: (path, options = {}) => openSocket({ transport, become, starter, worked }, path, options),
    async close() {
      await Promise.allSettled(endings)
      await transport.close()
    },
  }
}
