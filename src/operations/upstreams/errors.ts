import type { UpstreamServer } from '../../daemons/nginx/upstream/servers-file.ts'
import type { NginxSpec, UpstreamSeat } from '../../fleet/fleet.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'

/** nginx would not read what lies there. */
export function configInvalid(host: HostName, { unit, config }: NginxSpec, said: string): ZdtError {
  return new ZdtError(`nginx does not take the configuration that lies on ${host}: nothing can be reloaded`, {
    code: 'config-invalid',
    exit: 'refused',
    host,
    said: said || `systemctl shows no running process of ${unit}`,
    suggestions: [`nginx -t -c ${config}   # on ${host}`, `zdt diff ${host}`],
  })
}

/** Its file has no line for a server of the pool. */
export function notListed(
  host: HostName,
  { name }: NginxSpec,
  seat: UpstreamSeat,
  servers: readonly UpstreamServer[],
): ZdtError {
  const known = servers.map(({ address, port }) => `${address}:${port}`).join(', ')
  return new ZdtError(`${seat.file} on ${host} has no ${seat.server} at ${seat.address}:${seat.port}`, {
    code: 'no-such-seat',
    exit: 'refused',
    host,
    said: known === '' ? 'it lists no server' : `it lists ${known}`,
    suggestions: [`zdt apply nginx/${name}`, 'or correct zdt.yaml'],
  })
}

/** What its text says is not what nginx does. */
export function unread(host: HostName, path: string): ZdtError {
  return new ZdtError(
    `nginx on ${host} has not read ${path} since it was changed: who is drained is not what it says`,
    {
      code: 'upstream-file-unread',
      exit: 'refused',
      host,
      suggestions: [
        'zdt runs   # has one died there?',
        `zdt reload nginx --host ${host}   # where what it says is meant`,
      ],
    },
  )
}
