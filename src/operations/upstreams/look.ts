import { illnessOf } from '../../daemons/app/look.ts'
import { isLiteral } from '../../daemons/linux/ip.ts'
import { parseServersFile, serverAt, type UpstreamServer } from '../../daemons/nginx/upstream/servers-file.ts'
import { readUpstreams, type ReadUpstreams } from '../../daemons/nginx/upstream/read.ts'
import { nginxConnectionsTo } from '../../daemons/nginx/upstream/connections.ts'
import type { Fleet, NginxSpec, Pool, UpstreamSeat } from '../../fleet/fleet.ts'
import { lookAtFiles, type LiveFile } from '../../hosts/config/look.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import type { Health } from '../../lib/app-questions.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { standings, type Standing } from '../../steps/upstream/enough-answer.ts'
import type { SeatRow } from '../situation.ts'
import { configInvalid, notListed, unread } from './errors.ts'

/** A pool as one nginx sees it. */
export interface SeenUpstream {
  readonly host: HostName
  readonly group: NginxSpec
  readonly pool: Pool
  /** Those that are to be changed. */
  readonly seats: readonly UpstreamSeat[]
  readonly file: LiveFile
  readonly text: string
  /** What its file says of all servers of the pool. */
  readonly servers: readonly UpstreamServer[]
  /** How they stand. */
  readonly standings: readonly Standing[]
  /** Those that are to be changed, in an operator's words. */
  readonly rows: readonly SeatRow[]
  /** Files of its configuration, others than these, that were changed since its workers were started. */
  readonly changed: readonly string[]
  /** Where its nginx writes how the servers answer, if anywhere. */
  readonly logs: readonly string[]
}

/** Does its nginx write how the servers of a pool answer? Its logs have addresses: of a name zdt cannot tell which it is. */
export function tellsAnswers({ logs, pool }: Pick<SeenUpstream, 'logs' | 'pool'>): boolean {
  return logs.length > 0 && pool.servers.every(({ address }) => isLiteral(address))
}

/** How zdt asks the servers of a pool behind nginx, from the host of an nginx: a command is for their own hosts alone. */
export function healthOf({ rollout }: Pool): Health {
  return rollout && !('command' in rollout.health) ? rollout.health : { tcp: true }
}

/**
 * Looks at the places of servers that are to be changed, all hosts side by side. Throws, exit `refused`, where
 * nginx does not read its servers from there or has not yet, and what hosts throw.
 */
export async function lookAtUpstreams(
  fleet: Fleet,
  hosts: Hosts,
  seats: readonly UpstreamSeat[],
): Promise<SeenUpstream[]> {
  const names = [...new Set(seats.map(({ host }) => host))]
  const seen = await Promise.all(
    names.map(async (name) => {
      const own = seats.filter(({ host }) => host === name)
      const host = await hosts.on(name)
      const groups = [...fleet.nginx.values()].filter((group) =>
        own.some(({ pool }) => fleet.pools.get(pool)?.balancer.name === group.name),
      )
      const each = await Promise.all(groups.map((group) => lookAtGroup(fleet, host, group, own)))
      return each.flat()
    }),
  )
  return seen.flat()
}

async function lookAtGroup(
  fleet: Fleet,
  host: Host,
  group: NginxSpec,
  all: readonly UpstreamSeat[],
): Promise<SeenUpstream[]> {
  const seats = all.filter(({ pool }) => fleet.pools.get(pool)?.balancer.name === group.name)
  const paths = [...new Set(seats.map(({ file }) => file))]
  const [read, live] = await Promise.all([
    readUpstreams(host, group, paths),
    lookAtFiles(host, [{ unit: group.unit, paths }]),
  ])
  return await Promise.all(
    paths.map(async (path, index) => {
      const own = seats.filter(({ file }) => file === path)
      const pool = fleet.pools.get(own[0]?.pool ?? '')
      const file = live.get(group.unit)?.[index]
      if (!pool || !file) throw new TypeError(`${path} was asked for, and is not told of`)
      const text = usable(host.name, group, pool, path, read, read.texts[index])
      const servers = parseServersFile(text)
      for (const seat of own) if (!serverAt(servers, seat)) throw notListed(host.name, group, seat, servers)
      if (read.changed.includes(path)) throw unread(host.name, path)
      // Also those that are drained: whether they answer is what an operator wants to know before bringing them back.
      const [stands, rows] = await Promise.all([
        standings(host, text, { servers: pool.servers, health: healthOf(pool) }),
        Promise.all(own.map((seat) => rowOf(host, pool, seat, servers))),
      ])
      const changed = read.changed.filter((one) => !paths.includes(one))
      return {
        host: host.name,
        group,
        pool,
        seats: own,
        file,
        text,
        servers,
        standings: stands,
        rows,
        changed,
        logs: read.logs,
      }
    }),
  )
}

/** The text of a file that nginx reads its servers from. Throws where it does not. */
function usable(
  host: HostName,
  group: NginxSpec,
  { name, backend }: Pool,
  path: string,
  { files, said }: ReadUpstreams,
  text: string | undefined,
): string {
  if (files === undefined) {
    throw configInvalid(host, group, said)
  }
  if (text !== undefined && files.includes(path)) return text
  const what = text === undefined ? `has no ${path}` : `does not read ${path}`
  throw new ZdtError(`${host} ${what}: nginx’s servers of ${name} are changed there`, {
    code: 'no-upstream-file',
    exit: 'refused',
    host,
    suggestions: [
      `zdt apply nginx/${group.name}   # where zdt writes the configuration`,
      `or in nginx.conf: upstream ${backend} { include ${path}; … }, with the server lines in that file`,
    ],
  })
}

/** One server, by its line, the kernel, and its own answer. */
async function rowOf(host: Host, pool: Pool, seat: UpstreamSeat, servers: readonly UpstreamServer[]): Promise<SeatRow> {
  const line = serverAt(servers, seat)
  const { address, port } = seat
  const [open, ill] = await Promise.all([
    nginxConnectionsTo(host, seat),
    illnessOf(host, { address, port, health: healthOf(pool) }),
  ])
  return {
    host: host.name,
    backend: seat.upstream,
    server: seat.server,
    state: line?.down === true ? (ill === null ? 'drain' : 'drain, down') : ill === null ? 'up' : 'down',
    weight: line?.weight ?? 0,
    sessions: open?.length ?? 0,
    queued: 0,
    check: ill ?? 'answers',
  }
}

/** What a reload would bring live beside what is asked for: somebody's work that is not in force yet. */
export function unreadLines(seen: readonly SeenUpstream[]): string[] {
  return [
    ...new Set(
      seen.flatMap(({ host, changed }) =>
        changed.map(
          (path) => `${path} on ${host} was changed after nginx had read it: this reload brings that live too`,
        ),
      ),
    ),
  ]
}
