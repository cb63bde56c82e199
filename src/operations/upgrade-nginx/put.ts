import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import type { RunId } from '../../lib/types.ts'
import { keepRunning } from '../../steps/binary/keep-running.ts'
import { stageBinary } from '../../steps/binary/stage-binary.ts'
import type { Place } from '../../steps/nginx/back-to-old.ts'
import { candidateRuns } from '../../steps/nginx/candidate-runs.ts'
import { installPackages } from '../../steps/nginx/install-packages.ts'
import { replaceBinary } from '../../steps/nginx/replace-binary.ts'
import { fetchPackages } from '../../steps/packages/fetch.ts'
import type { Packages } from '../../steps/packages/managers.ts'
import { onDisk, packagesOf } from '../candidate.ts'
import type { CandidateFile } from '../candidate-file.ts'
import { backupOf, stagedAs } from '../kept-binary.ts'
import { oncePer } from '../upgrade-words.ts'
import type { Found } from './look.ts'

/** A host, and the run that works on it. */
export interface Work extends Found {
  readonly id: RunId
  /** Asked right before: the new one reads what lies there. */
  readonly asks: readonly StepDraft[]
}

/** Where the upgrade takes place on a host. */
export function place(work: Work): Place {
  const packages = packagesOf(work)
  const { candidate, unit, target } = work
  return {
    unit,
    target,
    backup: backupOf(work),
    ...staleOf(work),
    ...(packages && { packages }),
    ...(candidate.kind === 'file' && { fresh: candidate.file.sha256 }),
  }
}

/** The master that what lies on disk is to follow, where that is all that comes. */
export function staleOf({ candidate, master }: Work): Pick<Place, 'stale'> {
  return candidate.kind === 'lies' ? { stale: master } : {}
}

/** The new nginx on its way to the hosts: nothing runs it yet, and nothing there has changed. */
export function brought(works: readonly Work[]): StageDraft[] {
  const files = works.flatMap(filesOf)
  const packages = works.flatMap(withPackages)
  return [
    stage(
      'fetch the new packages, and those of now for the way back',
      packages.map(({ work, packages }) => fetchPackages.at(work.name, packages)),
    ),
    stage(
      `upload nginx ${oncePer(files, ({ file }) => file.version)}`,
      files.map(({ work, file: { file, sha256 } }) =>
        stageBinary.at(work.name, { file, sha256, staged: stagedAs(work) }),
      ),
    ),
    stage(
      'the new binary runs there',
      files.map(({ work, file: { version } }) =>
        candidateRuns.at(work.name, { staged: stagedAs(work), target: work.target, version }),
      ),
    ),
  ]
}

/** What a trial start tries: of packages the file in its own place, with all that they bring; or what lies there. */
export function tried(work: Work): { readonly staged: string; readonly packages?: string; readonly lies?: true } {
  const packages = packagesOf(work)
  if (packages) return { staged: work.target, packages: `${packages.dir}/new` }
  return work.candidate.kind === 'lies' ? { staged: work.target, ...onDisk } : { staged: stagedAs(work) }
}

/** The new nginx where the old one lies; what runs goes on with the old code, and that is kept. */
export function put(works: readonly Work[]): StageDraft[] {
  return [
    stage(
      'keep what runs',
      works
        .filter(({ candidate }) => candidate.kind === 'lies')
        .map((work) => keepRunning.at(work.name, { unit: work.unit, target: work.target, backup: backupOf(work) })),
    ),
    stage(
      'install the packages, with no service touched',
      works.flatMap((work) =>
        withPackages(work).map(({ packages }) => installPackages.at(work.name, { ...place(work), packages })),
      ),
    ),
    stage(
      `replace ${oncePer(works, ({ target }) => target)}`,
      works.flatMap((work) =>
        filesOf(work).map(({ file: { sha256 } }) =>
          replaceBinary.at(work.name, { ...place(work), staged: stagedAs(work), sha256 }),
        ),
      ),
    ),
  ]
}

function filesOf(work: Work): { readonly work: Work; readonly file: CandidateFile }[] {
  return work.candidate.kind === 'file' ? [{ work, file: work.candidate.file }] : []
}

function withPackages(work: Work): { readonly work: Work; readonly packages: Packages }[] {
  const packages = packagesOf(work)
  return packages ? [{ work, packages }] : []
}
