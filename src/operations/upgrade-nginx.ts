import { claimsOf } from './claims.ts'
import { acceptingWorkers, nginxPhase } from '../daemons/nginx/phase.ts'
import { nginxPicture, type NginxMaster, type NginxPicture } from '../daemons/nginx/picture.ts'
import { plan, stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet, Seat } from '../fleet/fleet.ts'
import { hostNamed, poolsServing, vipsOf } from '../fleet/selectors.ts'
import { ZdtError } from '../lib/errors.ts'
import { formatDuration } from '../lib/durations.ts'
import { quote } from '../lib/quote.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import { askFreshCheck } from '../steps/haproxy/ask-fresh-check.ts'
import { refuseIfUnfit as refuseFor } from '../steps/config/fit.ts'
import { candidateRuns } from '../steps/nginx/candidate-runs.ts'
import { fitForUpgrade, refuseIfUnfit } from '../steps/nginx/fit-for-upgrade.ts'
import { holdNew } from '../steps/nginx/hold.ts'
import { oldMasterGone } from '../steps/nginx/old-master-gone.ts'
import { quitOldMaster } from '../steps/nginx/quit-old-master.ts'
import { replaceBinary } from '../steps/nginx/replace-binary.ts'
import { retireOldWorkers } from '../steps/nginx/retire-old-workers.ts'
import { stageBinary } from '../steps/binary/stage-binary.ts'
import { startNewMaster } from '../steps/nginx/start-new-master.ts'
import { trialStart } from '../steps/nginx/trial-start.ts'
import { refuseHolder } from '../steps/vip/refuse-holder.ts'
import { architectureOf, candidateFile, type CandidateFile } from './candidate-file.ts'
import { judgeCapacity } from './capacity.ts'
import { lookAtSeats } from './look-at-seats.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { intoRotation, outOfRotation, untilChecked, untilDrained } from './rotation.ts'
import { seatRow } from './seat-row.ts'

export interface UpgradeNginxOptions {
  readonly host: string
  /** The new binary, on the operator's machine. */
  readonly binary: string
  /** How long each wait may take: connections to end, checks to pass, the old master to go. */
  readonly timeout: Millis
  /** How long the new workers alone must serve before the old master is ended. */
  readonly hold: Millis
  readonly allowEmpty: boolean
  /** Also where the host holds a VIP. */
  readonly inPlace: boolean
  /** Leave the trial start out, where a host does not allow it. */
  readonly withoutTrial: boolean
}

/**
 * Upgrades nginx on one host to another binary without losing a request: out of rotation, tested, replaced, USR2, WINCH,
 * held, QUIT, back into rotation after a fresh check. Throws UnfitForUpgrade, TooFewLeft, and what fleet and hosts throw.
 */
export const upgradeNginx: Operation<UpgradeNginxOptions> = {
  title: ({ host }) => `upgrade-nginx ${host}`,
  claims: (fleet, { host }) => claimsOf(fleet, poolsServing(fleet, host), [hostNamed(fleet, host).name]),
  propose,
}

async function propose({ fleet, hosts, id }: World, options: UpgradeNginxOptions): Promise<Proposal> {
  const { name } = hostNamed(fleet, options.host)
  const unit = unitOn(fleet, name)
  const host = await hosts.on(name)
  if (!options.inPlace) refuseFor(name, await refuseHolder(host, 'nginx', vipsOf(fleet, name)))
  const [picture, architecture, seen] = await Promise.all([
    nginxPicture(host, unit),
    architectureOf(host),
    lookAtSeats(hosts, poolsServing(fleet, name)),
  ])
  const file = await candidateFile('nginx', options.binary, architecture)
  const judged = await judgeCapacity(fleet, seen, {
    doing: `draining ${name}`,
    anyway: `${quote(['zdt', 'upgrade-nginx', '--host', name, '--binary', options.binary])} --allow-empty`,
    allowEmpty: options.allowEmpty,
  })
  refuseIfUnfit(name, picture)
  const master = masterOf(picture)
  const runs = master.version?.text ?? 'of an unknown version'
  const target = picture.binaries.find(({ path }) => path === master.argv.binary)
  // What somebody has taken out stays out: only what serves now is drained and brought back.
  const ready = seen.filter(({ view }) => view.admin === 'ready')
  const checked = seen.filter(({ view }) => view.admin !== 'maint').map(({ seat }) => seat)
  const work = { name, unit, target: target?.realPath ?? master.argv.binary, file, id, options }
  const already = target?.sha256 === file.sha256
  return {
    situation: {
      fleet: fleet.name,
      seats: seen.map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      capacity: judged.capacity,
      facts: [
        `${name} runs nginx ${runs} from ${work.target}: master ${master.pid}, ${acceptingWorkers(picture, master).length} workers`,
        `${file.file} is nginx ${file.version}, sha256 ${file.sha256.slice(0, 12)}…`,
        ...seen
          .filter(({ view }) => view.admin !== 'ready')
          .map(({ seat, view }) => `${seat.backend}/${seat.server} is in ${view.admin} on ${seat.host}, and stays so`),
        ...(seen.length === 0 ? [`no pool serves ${name}: clients of its idle connections will see them closed`] : []),
      ],
    },
    plan: plan(
      `upgrade-nginx ${name}`,
      fleet.digest,
      already
        ? []
        : [
            ...tested(work),
            ...outOfRotation(ready, 'drain', judged),
            untilDrained(seen, options.timeout),
            ...swapped(work, checked),
            ...intoRotation(fleet, ready, options.timeout, ({ view }) => view.agent?.enabled === true),
          ],
      id,
    ),
    done: `${name} runs nginx ${file.version} (was ${runs}); the old one is kept as ${backupOf(work)}`,
    already: `${name} runs this very nginx ${file.version} already`,
    onTimeout: 'put-back',
  }
}

interface Work {
  readonly name: HostName
  readonly unit: string
  /** The file that the master executes, links followed. */
  readonly target: string
  readonly file: CandidateFile
  readonly id: RunId
  readonly options: UpgradeNginxOptions
}

function backupOf({ target, id }: Work): string {
  return `${target}.zdt-${id}`
}

/** Before anything is taken out of rotation: a binary that does not live must cost nobody anything. */
function tested({ name, unit, target, file, id, options }: Work): StageDraft[] {
  const staged = `${target}.zdt-new-${id}`
  return [
    stage(`nginx on ${name} can be upgraded`, [fitForUpgrade.at(name, { unit, target })]),
    stage(`upload nginx ${file.version}`, [stageBinary.at(name, { file: file.file, sha256: file.sha256, staged })]),
    stage('the new binary runs there', [candidateRuns.at(name, { staged, target, version: file.version })]),
    stage(
      'trial start with the running configuration',
      options.withoutTrial ? [] : [trialStart.at(name, { unit, staged })],
    ),
  ]
}

/** nginx's own hot upgrade, phase by phase (TRAPS: nginx), each with its own way back. */
function swapped(work: Work, seats: readonly Seat[]): StageDraft[] {
  const { name, unit, target, file, id, options } = work
  const backup = backupOf(work)
  const place = { unit, target, backup }
  const staged = `${target}.zdt-new-${id}`
  return [
    stage(`nothing has changed on ${name} meanwhile`, [fitForUpgrade.at(name, { unit, target })]),
    stage(`replace ${target}`, [replaceBinary.at(name, { ...place, staged, sha256: file.sha256 })]),
    stage(`USR2: start nginx ${file.version} beside the old one`, [
      startNewMaster.at(name, { ...place, version: file.version }),
    ]),
    stage('WINCH: only the new workers accept', [retireOldWorkers.at(name, place)]),
    stage(`hold ${formatDuration(options.hold)}`, [holdNew.at(name, { unit, hold: options.hold })]),
    stage(
      'ask for a fresh check of the new workers',
      seats.map((seat) => askFreshCheck.at(seat.host, { seat })),
    ),
    untilChecked(seats, options.timeout),
    stage('QUIT: the old master ends', [quitOldMaster.at(name, place)]),
    stage('wait until the old master has gone', [
      oldMasterGone.at(name, { unit, version: file.version, timeout: options.timeout }),
    ]),
  ]
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
