import { haproxyPicture } from '../daemons/haproxy/picture.ts'
import { answersInWords, answersOn } from '../daemons/haproxy/upgrade/requests.ts'
import { plan, stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet, HaproxySpec } from '../fleet/fleet.ts'
import { hostNamed, vipsOf } from '../fleet/selectors.ts'
import type { Host } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import { stageBinary } from '../steps/binary/stage-binary.ts'
import { refuseIfUnfit } from '../steps/config/fit.ts'
import { fewOldWorkers } from '../steps/haproxy/few-old-workers.ts'
import { oldWorkersGone } from '../steps/haproxy/old-workers-gone.ts'
import { haproxyCandidateRuns } from '../steps/haproxy/upgrade/candidate-runs.ts'
import { exchangeHaproxy } from '../steps/haproxy/upgrade/exchange.ts'
import { fitForExchange, refuseUpgrade } from '../steps/haproxy/upgrade/fit.ts'
import { holdHaproxy } from '../steps/haproxy/upgrade/hold.ts'
import { haproxyTrialStart } from '../steps/haproxy/upgrade/trial-start.ts'
import { refuseHolder } from '../steps/vip/refuse-holder.ts'
import { architectureOf, candidateFile, type CandidateFile } from './candidate-file.ts'
import { claimsOf } from './claims.ts'
import { maxReloadsIn, mostOldWorkers } from '../daemons/haproxy/old-workers.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'

export interface UpgradeHaproxyOptions {
  readonly host: string
  /** The new binary, on the operator's machine. */
  readonly binary: string
  /** How long the wait for the old workers may take. */
  readonly timeout: Millis
  /** How long the new HAProxy must serve before it is called done. */
  readonly hold: Millis
  /** How much more of all answers may be 5xx meanwhile, in percent. */
  readonly max5xx: number
  /** Also where the host holds a VIP. */
  readonly inPlace: boolean
  readonly waitOldWorkers: boolean
  /** Leave the trial start out, where a host does not allow it. */
  readonly withoutTrial: boolean
}

/** Beyond the hold: the re-exec, its proof, servers that are added again. */
const watchedBeyond: Millis = 120_000

/**
 * Upgrades HAProxy on one host to another binary without losing a request: tested, put in the old one's place, executed by the
 * master, proved, held. Throws what makes it unfit, and what fleet and hosts throw.
 */
export const upgradeHaproxy: Operation<UpgradeHaproxyOptions> = {
  title: ({ host }) => `upgrade-haproxy ${host}`,
  claims: (fleet, { host }) => claimsOf(fleet, [], [hostNamed(fleet, host).name]),
  propose,
}

async function propose({ fleet, hosts, id }: World, options: UpgradeHaproxyOptions): Promise<Proposal> {
  const { name } = hostNamed(fleet, options.host)
  const spec = haproxyOn(fleet, name)
  const host = await hosts.on(name)
  const [picture, architecture] = await Promise.all([haproxyPicture(host, spec.unit), architectureOf(host)])
  const file = await candidateFile('HAProxy', options.binary, architecture)
  const vips = options.inPlace ? [] : vipsOf(fleet, name).map((vip) => ({ name: vip.name, address: vip.address }))
  refuseIfUnfit(name, [...refuseUpgrade(picture), ...(await refuseHolder(host, 'HAProxy', vips))])
  const { family, binary } = picture
  const runs = family?.workers.at(-1)?.version ?? 'of an unknown version'
  const lies = await liesAt(host, binary?.path ?? '')
  const [before, config] = await Promise.all([answersOn(host, spec.socket), host.read(spec.config, { as: 'root' })])
  const maxReloads = maxReloadsIn(config.toString())
  const work: Work = { name, spec, target: lies.target, file, id, options, vips, maxReloads }
  const leaving = family?.leaving.length ?? 0
  return {
    situation: {
      fleet: fleet.name,
      seats: [],
      capacity: [],
      facts: [
        `${name} runs HAProxy ${runs} from ${lies.target}: master ${picture.master?.pid ?? ''}, ${leaving} old worker${leaving === 1 ? '' : 's'}`,
        `${file.file} is HAProxy ${file.version}, sha256 ${file.sha256.slice(0, 12)}…`,
        `before: ${answersInWords(before)}`,
        ...(lies.owner === '' ? [] : [`${lies.target} belongs to the package ${lies.owner}: ${owned}`]),
      ],
    },
    plan: plan(
      `upgrade-haproxy ${name}`,
      fleet.digest,
      lies.sha256 === file.sha256 ? [] : [...tested(work), ...exchanged(work, before)],
      id,
    ),
    done: `${name} runs HAProxy ${file.version} (was ${runs}); the old one is kept as ${backupOf(work)}`,
    already: `${name} runs this very HAProxy ${file.version} already`,
    onTimeout: 'put-back',
  }
}

const owned = 'dpkg -V will name it, and the next upgrade of the package puts its own there'

interface Work {
  readonly name: HostName
  readonly spec: HaproxySpec
  /** The file that the master executes, links followed. */
  readonly target: string
  readonly file: CandidateFile
  readonly id: RunId
  readonly options: UpgradeHaproxyOptions
  readonly vips: readonly { readonly name: string; readonly address: string }[]
  readonly maxReloads: number | undefined
}

function backupOf({ target, id }: Pick<Work, 'target' | 'id'>): string {
  return `${target}.zdt-${id}`
}

function fit({ name, spec: { unit }, target, vips }: Work): ReturnType<typeof fitForExchange.at> {
  return fitForExchange.at(name, { unit, target, vips })
}

/** Before anything is live: a binary that does not live must cost nobody anything. */
function tested(work: Work): StageDraft[] {
  const { name, spec, target, file, id, options, maxReloads } = work
  const staged = `${target}.zdt-new-${id}`
  const { masterSocket, unit } = spec
  return [
    stage(`HAProxy on ${name} can be upgraded`, [fit(work)]),
    stage('few workers of earlier reloads are left', [
      fewOldWorkers.at(name, { masterSocket, most: mostOldWorkers, ...(maxReloads !== undefined && { maxReloads }) }),
    ]),
    stage(`upload HAProxy ${file.version}`, [stageBinary.at(name, { file: file.file, sha256: file.sha256, staged })]),
    stage('the new binary runs there', [haproxyCandidateRuns.at(name, { staged, version: file.version })]),
    stage(
      'check and trial start with the running configuration',
      options.withoutTrial ? [] : [haproxyTrialStart.at(name, { unit, staged })],
    ),
  ]
}

function exchanged(work: Work, before: Awaited<ReturnType<typeof answersOn>>): StageDraft[] {
  const { name, spec, target, file, id, options } = work
  const { unit, socket, config, masterSocket } = spec
  const { version, sha256 } = file
  const { hold, max5xx, timeout } = options
  const place = { unit, target, backup: backupOf(work), staged: `${target}.zdt-new-${id}` }
  const watched = hold + watchedBeyond
  return [
    stage(`nothing has changed on ${name} meanwhile`, [fit(work)]),
    stage(`replace ${target}, re-exec, proof`, [
      exchangeHaproxy.at(name, { ...place, sha256, version, config, socket, run: id, watched }),
    ]),
    stage(`hold ${formatDuration(hold)}`, [holdHaproxy.at(name, { unit, socket, version, hold, before, max5xx })]),
    stage(
      'wait until the old workers have gone',
      options.waitOldWorkers ? [oldWorkersGone.at(name, { masterSocket, timeout })] : [],
    ),
  ]
}

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

const liesScript = String.raw`
target=$(readlink -f -- "$1") || exit 1
printf '%s\n%s\n' "$target" "$(sha256sum < "$target" | cut -d' ' -f1)"
dpkg-query -S "$target" 2>/dev/null | sed -n 's/: .*//p' | head -n 1
exit 0
`

/** What lies at a path, links followed: its digest, and the package that it belongs to, where dpkg knows one. */
async function liesAt(host: Host, path: string): Promise<{ target: string; sha256: string; owner: string }> {
  const { stdout } = await host.run(['sh', '-c', liesScript, 'zdt-lies', path], { as: 'root' })
  const [target = path, sha256 = '', owner = ''] = stdout.toString().split('\n')
  return { target, sha256, owner }
}
