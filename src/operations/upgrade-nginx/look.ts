import { seatName } from '../../daemons/haproxy/commands.ts'
import { answersInWords } from '../../daemons/haproxy/upgrade/requests.ts'
import { acceptingWorkers, nginxPhase } from '../../daemons/nginx/phase.ts'
import { nginxPicture, type NginxMaster, type NginxPicture } from '../../daemons/nginx/picture.ts'
import type { Mend } from '../../daemons/nginx/refusal.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { poolsServing, vipsOf } from '../../fleet/selectors.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { refuseIfUnfit as refuseFor } from '../../steps/config/fit.ts'
import { refuseIfUnfit } from '../../steps/nginx/fit-for-upgrade.ts'
import { idOf } from '../../steps/nginx/look.ts'
import type { Watched } from '../../steps/haproxy/answers-watched.ts'
import { refuseHolder } from '../../steps/vip/refuse-holder.ts'
import { lookAtSeats, type SeenSeat } from '../look-at-seats.ts'
import type { World } from '../operation.ts'
import { answeredBefore } from './answered-before.ts'
import { mendsOf } from './mends.ts'
import { candidateOf, isThere, type Candidate, type Source } from '../candidate.ts'

/** A host whose nginx can be upgraded, as it was found, and what is to lie there. */
export interface Found {
  readonly name: HostName
  readonly unit: string
  readonly candidate: Candidate
  /** It runs already. */
  readonly isThere: boolean
  /** The version that runs, in words. */
  readonly runs: string
  /** The file that the master executes, links followed, and what lies there. */
  readonly target: string
  readonly sha256: string | undefined
  /** The master that runs. */
  readonly master: { readonly pid: number; readonly startTicks: number }
  /** VIPs that it must not hold. */
  readonly vips: readonly { readonly name: string; readonly address: string }[]
  readonly seen: readonly SeenSeat[]
  /** How it answered before, server by server; nothing where that is not watched. */
  readonly answered: readonly Watched[]
  /** What stands in the way of an upgrade and is mended first. */
  readonly mends: readonly Mend[]
  /** `web1 runs nginx 1.22.1 from /usr/sbin/nginx: master 71, 2 workers`, and who is out already. */
  readonly facts: readonly string[]
}

/** What is asked for, as far as it is looked for. */
export interface Asked {
  readonly source: Source
  readonly inPlace: boolean
  readonly repair: boolean
  readonly keepOld: Millis
  /** The hosts that are upgraded with it. */
  readonly others: readonly HostName[]
}

/**
 * Looks at the nginx of a host, and at its seats. Throws UnfitForUpgrade, exit `refused` where it holds a VIP and is not to be
 * upgraded in place, and what fleet and hosts throw.
 */
export async function lookAtNginx(
  { fleet, hosts }: World,
  name: HostName,
  { source, inPlace, repair, keepOld, others }: Asked,
): Promise<Found> {
  const unit = unitOn(fleet, name)
  const host = await hosts.on(name)
  const vips = inPlace ? [] : vipsOf(fleet, name).map((vip) => ({ name: vip.name, address: vip.address }))
  refuseFor(name, await refuseHolder(host, 'nginx', vips, { others }))
  const [picture, seen] = await Promise.all([nginxPicture(host, unit), lookAtSeats(hosts, poolsServing(fleet, name))])
  const { mends, why } = repair ? mendsOf(picture) : { mends: [], why: [] }
  refuseIfUnfit(name, picture, { mended: mends.map(({ mend }) => mend), lies: 'lies' in source })
  const master = masterOf(picture)
  const lies = picture.binaries.find(({ path }) => path === master.argv.binary)
  const runs = master.version?.text ?? 'of an unknown version'
  const target = lies?.realPath ?? master.argv.binary
  const candidate = await candidateOf('nginx', source, host, { target, runs, lies: lies?.version?.text })
  const answered = keepOld === 0 ? [] : await answeredBefore(hosts, seen)
  const workers = acceptingWorkers(picture, master).length
  return {
    name,
    unit,
    candidate,
    isThere: isThere(candidate, lies?.sha256),
    runs,
    target,
    sha256: lies?.sha256,
    master: idOf(master),
    vips,
    seen,
    mends,
    answered,
    facts: [
      `${name} runs nginx ${runs} from ${target}: master ${master.pid}, ${workers} workers`,
      ...why.map((one) => `${name} is mended first: ${one}`),
      ...seen
        .filter(({ view }) => view.admin !== 'ready')
        .map(({ seat, view }) => `${seat.backend}/${seat.server} is in ${view.admin} on ${seat.host}, and stays so`),
      ...answered.map(({ seats: [seat], before }) => `${seatName(seat)} before: ${answersInWords(before)}`),
      ...(seen.length === 0 ? [`no pool serves ${name}: clients of its idle connections will see them closed`] : []),
    ],
  }
}

/** The systemd unit of the nginx that the fleet has on a host. Throws, exit `usage`, when it has none there. */
function unitOn(fleet: Fleet, name: HostName): string {
  const group = [...fleet.nginx.values()].find(({ hosts }) => hosts.includes(name))
  if (group) return group.unit
  const known = [...new Set([...fleet.nginx.values()].flatMap(({ hosts }) => hosts))]
  throw new ZdtError(`${fleet.file} has no nginx on ${name}`, {
    code: 'no-nginx',
    exit: 'usage',
    suggestions: known.length > 0 ? [`nginx is on ${known.join(', ')}`] : [`add it under nginx: in ${fleet.file}`],
  })
}

function masterOf(picture: NginxPicture): NginxMaster {
  const phase = nginxPhase(picture)
  // refuseIfUnfit has refused every other phase.
  if (phase.phase !== 'single') throw new TypeError(`nginx is in phase ${phase.phase}`)
  return phase.master
}
