import { mostOldWorkers } from '../../daemons/haproxy/old-workers.ts'
import { installTime } from '../../daemons/packages/manager.ts'
import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis, RunId } from '../../lib/types.ts'
import { keepRunning } from '../../steps/binary/keep-running.ts'
import { stageBinary } from '../../steps/binary/stage-binary.ts'
import { fewOldWorkers } from '../../steps/haproxy/few-old-workers.ts'
import { oldWorkersGone } from '../../steps/haproxy/old-workers-gone.ts'
import { haproxyCandidateRuns } from '../../steps/haproxy/upgrade/candidate-runs.ts'
import { exchangeHaproxy } from '../../steps/haproxy/upgrade/exchange.ts'
import { fitForExchange } from '../../steps/haproxy/upgrade/fit.ts'
import { holdHaproxy } from '../../steps/haproxy/upgrade/hold.ts'
import { haproxyTrialStart } from '../../steps/haproxy/upgrade/trial-start.ts'
import { fetchPackages } from '../../steps/packages/fetch.ts'
import { comesOf, onDisk, packagesOf } from '../candidate.ts'
import { backupOf, stagedAs } from '../kept-binary.ts'
import type { Found } from './look.ts'

export interface Phases {
  /** How long the wait for the old workers may take. */
  readonly timeout: Millis
  /** How long the new HAProxy must serve before it is called done. */
  readonly hold: Millis
  /** How much more of all answers may be 5xx meanwhile, in percent. */
  readonly max5xx: number
  readonly waitOldWorkers: boolean
  /** Leave the trial start out, where a host does not allow it. */
  readonly withoutTrial: boolean
}

/** A host, and the run that works on it. */
export interface Work extends Found {
  readonly id: RunId
  /** Asked right before: the new one reads what lies there. */
  readonly asks: readonly StepDraft[]
}

/** Beyond the hold: the re-exec, its proof, servers that are added again. */
const watchedBeyond: Millis = 120_000

function fit({ name, spec: { unit }, target, vips, candidate }: Work): ReturnType<typeof fitForExchange.at> {
  return fitForExchange.at(name, { unit, target, vips, ...(candidate.kind === 'lies' && onDisk) })
}

/** Before anything is live: a binary that does not live must cost nobody anything. */
export function tested(work: Work, { withoutTrial }: Phases): StageDraft[] {
  const { name, spec, maxReloads } = work
  const packages = packagesOf(work)
  const staged = work.candidate.kind === 'file' ? stagedAs(work) : work.target
  const { masterSocket, unit } = spec
  return [
    stage(`HAProxy on ${name} can be upgraded`, [fit(work)]),
    stage('few workers of earlier reloads are left', [
      fewOldWorkers.at(name, {
        masterSocket,
        unit,
        most: mostOldWorkers,
        ...(maxReloads !== undefined && { maxReloads }),
      }),
    ]),
    ...brought(work),
    stage(
      'check and trial start with the running configuration',
      withoutTrial
        ? []
        : [haproxyTrialStart.at(name, { unit, staged, ...(packages && { packages: `${packages.dir}/new` }) })],
    ),
  ]
}

/** The old one's place, the master's exec, the proof, the hold. */
export function exchanged(work: Work, { hold, max5xx, timeout, waitOldWorkers }: Phases): StageDraft[] {
  const { name, spec, target, candidate, id, before } = work
  const { unit, socket, config, masterSocket } = spec
  const { version } = candidate
  const place = { unit, target, backup: backupOf(work) }
  const packages = packagesOf(work)
  const watched = hold + watchedBeyond + (packages ? installTime : 0)
  const put = { file: `replace ${target}, `, packages: 'install the packages, ', lies: '' }[candidate.kind]
  return [
    stage(`nothing has changed on ${name} meanwhile`, [fit(work), ...work.asks]),
    stage('keep what runs', candidate.kind === 'lies' ? [keepRunning.at(name, place)] : []),
    stage(`${put}re-exec, proof`, [
      exchangeHaproxy.at(name, {
        ...place,
        comes: comesOf(work, stagedAs(work)),
        version,
        config,
        socket,
        run: id,
        watched,
      }),
    ]),
    stage(`hold ${formatDuration(hold)}`, [holdHaproxy.at(name, { unit, socket, version, hold, before, max5xx })]),
    stage(
      'wait until the old workers have gone',
      waitOldWorkers ? [oldWorkersGone.at(name, { masterSocket, timeout })] : [],
    ),
  ]
}

/** The new HAProxy on its way to the host: nothing runs it yet, and nothing there has changed. */
function brought(work: Work): StageDraft[] {
  const { name, candidate } = work
  const packages = packagesOf(work)
  if (packages)
    return [stage(`fetch the new packages, and those of now for the way back`, [fetchPackages.at(name, packages)])]
  if (candidate.kind !== 'file') return []
  const { file, sha256, version } = candidate.file
  const staged = stagedAs(work)
  return [
    stage(`upload HAProxy ${version}`, [stageBinary.at(name, { file, sha256, staged })]),
    stage('the new binary runs there', [haproxyCandidateRuns.at(name, { staged, version })]),
  ]
}
