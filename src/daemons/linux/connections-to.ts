import { BecomeRefused } from '../../hosts/errors.ts'
import type { Host } from '../../hosts/host.ts'
import type { Millis } from '../../lib/types.ts'
import { bracketed } from './ip.ts'

/** An established TCP connection from the load balancer to a server, as the kernel sees it. */
export type Connection = {
  readonly local: string
  /** Bytes that wait to be read, and to be sent or acknowledged. */
  readonly waiting: number
  readonly bytes: number
  /** Milliseconds since anything was sent or received on it. */
  readonly quietMs: Millis
  /** Whose it is; only root is told. */
  readonly pid?: number
  readonly program?: string
}

/** `ss` for one server; TIME-WAIT and the like are not `established`. `-O`: one line each. */
export function ssCommand(address: string, port: number): readonly string[] {
  return ['ss', '-HOtnip', 'state', 'established', 'dst', bracketed(address), 'dport', '=', `:${port}`]
}

/** Reads `ss -HOtnip state established`: Recv-Q, Send-Q, local, peer, then the owner and the kernel's figures by name. */
export function parseSs(stdout: string): Connection[] {
  return stdout.split('\n').flatMap((line) => {
    const [receive, send, local] = line.trim().split(/\s+/)
    if (local === undefined) return []
    // Absent is 0 for all of these: `ss` leaves zeros out, so a connection without `lastsnd` has just sent.
    const figure = (name: string) => Number(new RegExp(` ${name}:(\\d+)`).exec(line)?.[1] ?? 0)
    const [, program, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(line) ?? []
    return [
      {
        local,
        waiting: Number(receive) + Number(send),
        bytes: figure('bytes_sent') + figure('bytes_received'),
        quietMs: Math.min(figure('lastsnd'), figure('lastrcv')),
        ...(pid === undefined ? {} : { pid: Number(pid), program }),
      },
    ]
  })
}

/**
 * The connections from this host to a server's address, with their owners where zdt may become root.
 * Seen from the host's own network: a server line with `namespace`, or HAProxy in a container, hides them.
 * Returns undefined when the host has no usable `ss`. Throws what Host.run throws.
 */
export async function connectionsTo(
  host: Host,
  address: string,
  port: number,
  options: { readonly timeout?: Millis; readonly signal?: AbortSignal } = {},
): Promise<Connection[] | undefined> {
  const argv = ssCommand(address, port)
  const result = await host.run(argv, { ...options, as: 'root' }).catch(async (error: unknown) => {
    if (error instanceof BecomeRefused) return await host.run(argv, options)
    throw error
  })
  return result.code === 0 ? parseSs(result.stdout.toString('utf8')) : undefined
}
