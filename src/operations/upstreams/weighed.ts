import type { Weight } from '../../daemons/haproxy/commands.ts'
import { effectiveWeight } from '../../daemons/haproxy/weights.ts'
import { serverAt, type UpstreamServer } from '../../daemons/nginx/upstream/servers-file.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { changeUpstreams, type Onwards, type UpstreamChange } from './change.ts'
import type { SeenUpstream } from './look.ts'

/** What the files say of the seats that are to be changed. */
export function linesOf(upstreams: readonly SeenUpstream[]): { host: HostName; line: UpstreamServer }[] {
  return upstreams.flatMap(({ host, seats, servers }) =>
    seats.flatMap((seat) => {
      const line = serverAt(servers, seat)
      return line ? [{ host, line }] : []
    }),
  )
}

/** Another share of the requests, on every nginx. Throws where it comes to none: nginx knows no weight 0. */
export function weighed(
  onwards: Onwards,
  upstreams: readonly SeenUpstream[],
  server: string,
  share: Weight,
): Promise<UpstreamChange> {
  for (const { host, line } of linesOf(upstreams)) {
    if (effectiveWeight(share, line.full) > 0) continue
    const none = `weight ${share} of ${server}, whose full weight is ${line.full}, would be none: nginx has no weight 0`
    throw new ZdtError(none, {
      code: 'no-weight',
      exit: 'refused',
      host,
      suggestions: [`zdt drain ${server}`, 'or give all servers of the upstream weight=100: shares are told of that'],
    })
  }
  const edits = ({ seats, servers }: SeenUpstream) =>
    seats.map((seat) => ({
      address: seat.address,
      port: seat.port,
      weight: effectiveWeight(share, serverAt(servers, seat)?.full ?? 1),
    }))
  return changeUpstreams(onwards, upstreams, { edits })
}
