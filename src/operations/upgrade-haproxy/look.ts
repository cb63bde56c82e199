import { haproxyPicture } from '../../daemons/haproxy/picture.ts'
import { maxReloadsIn } from '../../daemons/haproxy/old-workers.ts'
import { answersInWords, answersOn } from '../../daemons/haproxy/upgrade/requests.ts'
import type { Fleet, HaproxySpec } from '../../fleet/fleet.ts'
import { vipsOf } from '../../fleet/selectors.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { refuseIfUnfit } from '../../steps/config/fit.ts'
import { refuseUpgrade } from '../../steps/haproxy/upgrade/fit.ts'
import { refuseHolder } from '../../steps/vip/refuse-holder.ts'
import { candidateOf, isThere, type Candidate, type Source } from '../candidate.ts'
import { liesAt } from '../lies-at.ts'

/** A host whose HAProxy can be upgraded, as it was found, and what is to lie there. */
export interface Found {
  readonly name: HostName
  readonly spec: HaproxySpec
  readonly candidate: Candidate
  /** It lies there already. */
  readonly isThere: boolean
  /** The version that runs, in words. */
  readonly runs: string
  /** The file that the master executes, links followed; what lies there, and the package that it belongs to, where dpkg knows one. */
  readonly target: string
  readonly sha256: string
  readonly vips: readonly { readonly name: string; readonly address: string }[]
  readonly maxReloads: number | undefined
  /** How it answered before. */
  readonly before: Awaited<ReturnType<typeof answersOn>>
  readonly facts: readonly string[]
}

/** Throws what makes it unfit, exit `refused` where it holds a VIP and is not to be upgraded in place, and what fleet and hosts throw. */
export async function lookAtHaproxy(
  fleet: Fleet,
  host: Host,
  {
    source,
    inPlace,
    others,
  }: { readonly source: Source; readonly inPlace: boolean; readonly others: readonly HostName[] },
): Promise<Found> {
  const { name } = host
  const spec = haproxyOn(fleet, name)
  const picture = await haproxyPicture(host, spec.unit)
  const vips = inPlace ? [] : vipsOf(fleet, name).map((vip) => ({ name: vip.name, address: vip.address }))
  refuseIfUnfit(name, [
    ...refuseUpgrade(picture, 'lies' in source),
    ...(await refuseHolder(host, 'HAProxy', vips, { others })),
  ])
  const { family, binary, master } = picture
  const runs = family?.workers.at(-1)?.version ?? 'of an unknown version'
  const { target, sha256, owner } = await liesAt(host, binary?.path ?? '')
  const candidate = await candidateOf('HAProxy', source, host, { target, runs, lies: binary?.version ?? undefined })
  const [before, config] = await Promise.all([answersOn(host, spec.socket), host.read(spec.config, { as: 'root' })])
  const leaving = family?.leaving.length ?? 0
  return {
    name,
    spec,
    candidate,
    isThere: isThere(candidate, sha256),
    runs,
    target,
    sha256,
    vips,
    maxReloads: maxReloadsIn(config.toString()),
    before,
    facts: [
      `${name} runs HAProxy ${runs} from ${target}: master ${master?.pid ?? ''}, ${leaving} old worker${leaving === 1 ? '' : 's'}`,
      `before on ${name}: ${answersInWords(before)}`,
      ...(owner === '' || candidate.kind !== 'file' ? [] : [`${target} belongs to the package ${owner}: ${owned}`]),
    ],
  }
}

const owned = 'dpkg -V will name it, and the next upgrade of the package puts its own there'

/** The HAProxy that the fleet has on a host. Throws, exit `usage`, when it has none there. */
function haproxyOn(fleet: Fleet, name: HostName): HaproxySpec {
  const groups = [...fleet.haproxy.values()]
  const group = groups.find(({ hosts }) => hosts.includes(name))
  if (group) return group
  const known = [...new Set(groups.flatMap(({ hosts }) => hosts))]
  throw new ZdtError(`${fleet.file} has no HAProxy on ${name}`, {
    code: 'no-haproxy',
    exit: 'usage',
    suggestions: known.length > 0 ? [`HAProxy is on ${known.join(', ')}`] : [`add it under haproxy: in ${fleet.file}`],
  })
}
