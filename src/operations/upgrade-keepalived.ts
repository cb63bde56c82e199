import { appProcess } from '../daemons/app/process.ts'
import { readingVersion } from '../daemons/reading-version.ts'
import { plan, stage, type StageDraft, type StepDraft } from '../engine/plan.ts'
import { hostNamed } from '../fleet/selectors.ts'
import type { Fleet, KeepalivedSpec } from '../fleet/fleet.ts'
import type { Host } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import { stageBinary } from '../steps/binary/stage-binary.ts'
import { isBackup, refuseHolding } from '../steps/keepalived/restart.ts'
import { exchangeKeepalived } from '../steps/keepalived/upgrade/exchange.ts'
import { keepalivedTrialStart } from '../steps/keepalived/upgrade/trial-start.ts'
import { fetchPackages } from '../steps/packages/fetch.ts'
import { candidateOf, candidatesInWords, comesOf, isThere, packagesOf, type UpgradeSource } from './candidate.ts'
import { claimsOf } from './claims.ts'
import { backupOf, stagedAs } from './kept-binary.ts'
import { liesAt } from './lies-at.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { keepalivedAsks, vipsOn } from './restart-keepalived.ts'

export interface UpgradeKeepalivedOptions {
  readonly host: string
  readonly source: UpgradeSource
  /** Leave the trial start out, where the host does not allow it. */
  readonly withoutTrial: boolean
}

/**
 * Upgrades Keepalived on a host that is BACKUP for all of its VIPs: tried there, put in the old one's place, restarted, BACKUP
 * again. Throws HoldsVip where it is not, what makes the new code unfit, and what fleet and hosts throw.
 */
export const upgradeKeepalived: Operation<UpgradeKeepalivedOptions> = {
  title: ({ host }) => `keepalived upgrade ${host}`,
  claims: (fleet, { host }) => claimsOf(fleet, [], [hostNamed(fleet, host).name]),
  propose,
}

async function propose({ fleet, hosts, id }: World, options: UpgradeKeepalivedOptions): Promise<Proposal> {
  const { name } = hostNamed(fleet, options.host)
  const host = await hosts.on(name)
  const work = await lookAt(fleet, host, options, id)
  const { candidate, runs, target } = work
  const todo = isThere(candidate, work.sha256) ? [] : [work]
  const asks = todo.length > 0 ? await keepalivedAsks({ fleet, hosts }, name) : []
  const addresses = work.vips.map(({ address }) => address).join(', ')
  return {
    situation: {
      fleet: fleet.name,
      seats: [],
      capacity: [],
      facts: [
        `${name} is BACKUP for ${addresses}, and runs Keepalived ${runs} from ${target}`,
        ...candidatesInWords('Keepalived', [work], todo),
      ],
    },
    plan: plan(
      `keepalived upgrade ${name}`,
      fleet.digest,
      todo.flatMap((one) => upgraded(one, asks, options.withoutTrial)),
      id,
    ),
    done: `${name} runs Keepalived ${candidate.version} (was ${runs}), and is BACKUP for ${addresses} again; the old one is kept as ${backupOf(work)}`,
    already: `${name} has this very Keepalived ${candidate.version} already`,
    onTimeout: 'put-back',
  }
}

type Work = Awaited<ReturnType<typeof lookAt>>

async function lookAt(fleet: Fleet, host: Host, { source }: UpgradeKeepalivedOptions, id: RunId) {
  const { name } = host
  const specs = vipsOn(fleet, name)
  const unit = unitOf(specs)
  const vips = specs.map((spec) => ({ name: spec.name, address: spec.address, unit }))
  await refuseHolding(host, vips)
  const { main } = await appProcess(host, unit, '')
  if (main === null) throw notRunning(name, unit)
  const [runs, { target, sha256 }] = await Promise.all([
    readingVersion(host, 'keepalived', unit),
    liesAt(host, main.exe.replace(/ \(deleted\)$/, '')),
  ])
  const { inode } = await appProcess(host, unit, target)
  if (inode !== main.exeInode) throw replaced(name, target, runs)
  const candidate = await candidateOf('Keepalived', source, host, { target, runs, lies: undefined })
  return { id, name, unit, vips, runs, target, sha256, candidate }
}

function upgraded(work: Work, asks: readonly StepDraft[], withoutTrial: boolean): StageDraft[] {
  const { name, unit, vips, target, candidate } = work
  const packages = packagesOf(work)
  const staged = candidate.kind === 'file' ? stagedAs(work) : target
  const tried = { unit, staged, version: candidate.version, ...(packages && { packages: `${packages.dir}/new` }) }
  const comes = comesOf(work, staged)
  // What lies there is `zdt refresh`'s.
  if ('lies' in comes) return []
  return [
    stage(
      'fetch the new packages, and those of now for the way back',
      packages ? [fetchPackages.at(name, packages)] : [],
    ),
    stage(
      `upload Keepalived ${candidate.version}`,
      candidate.kind === 'file'
        ? [stageBinary.at(name, { file: candidate.file.file, sha256: candidate.file.sha256, staged })]
        : [],
    ),
    stage(
      'check and trial start with the running configuration',
      withoutTrial ? [] : [keepalivedTrialStart.at(name, tried)],
    ),
    stage(`${name} is BACKUP`, [...vips.map((vip) => isBackup.at(name, vip)), ...asks]),
    stage(`Keepalived ${candidate.version} on ${name}`, [
      exchangeKeepalived.at(name, { unit, target, backup: backupOf(work), comes, vips }),
    ]),
  ]
}

function unitOf([first, ...others]: readonly KeepalivedSpec[]): string {
  if (first && others.every(({ unit }) => unit === first.unit)) return first.unit
  throw new ZdtError('its VIPs are of several Keepalived units', { code: 'several-units', exit: 'usage' })
}

/** An update has put another there: there would be no way back to what runs. */
function replaced(host: string, target: string, runs: string): ZdtError {
  return new ZdtError(`${host}: ${target} is no longer the file that runs (${runs})`, {
    code: 'binary-replaced',
    exit: 'refused',
    host,
    suggestions: [`zdt refresh ${host}   # has it run what lies there`],
  })
}

function notRunning(host: string, unit: string): ZdtError {
  return new ZdtError(`${host}: ${unit} does not run`, {
    code: 'not-running',
    exit: 'refused',
    host,
    suggestions: [`ssh ${host} systemctl status ${unit}`],
  })
}
