import { runningCode } from '../../daemons/linux/stale.ts'
import type { On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { fileDigest } from '../file-digest.ts'
import { byHand, inWords, type Packages } from '../packages/managers.ts'
import { areNew, isBetween, notNew, versionsNow, type Versions } from '../packages/put.ts'

/** The new binary: a file in the same directory; or packages that were fetched; or the very file that lies there. */
export type Comes =
  { readonly staged: string; readonly sha256: string } | { readonly packages: Packages } | { readonly lies: true }

/** Where it comes to. */
interface There {
  readonly unit: string
  readonly target: string
  readonly backup: string
}

/** What lay at the target before; of code that lies there already, what ran. */
export type Lay = {
  readonly sha256: string | null
  /** Of the packages that are to come. */
  readonly versions?: Versions
  /** The master runs code that lies nowhere any more. */
  readonly stale?: boolean
}

/** Looks at that. */
export async function layOf(comes: Comes, { unit, target, backup }: There, on: On): Promise<Lay> {
  if ('lies' in comes) return { sha256: await fileDigest(on, backup), stale: await isStale(on, unit) }
  const sha256 = await fileDigest(on, target)
  return 'packages' in comes ? { sha256, versions: await versionsNow(on, comes.packages) } : { sha256 }
}

/** What is done, for a step's title; `start` is how the new one is started. */
export function comesInWords(
  comes: Comes,
  { target, backup }: There,
  start = 'have the master execute the new one',
): string {
  if ('lies' in comes) return `have the master execute what lies at ${target}`
  const put = 'packages' in comes ? `install ${inWords(comes.packages)} with no service touched` : `replace ${target}`
  return `${put}, keep the old file as ${backup}, and ${start}`
}

/** What a person would type for it, with the old file kept. */
export function putByHand(comes: Comes, { target, backup }: There): string[] {
  if ('lies' in comes) return []
  const put = 'packages' in comes ? byHand(comes.packages, 'new') : quote(['mv', '-fT', comes.staged, target])
  return [quote(['ln', target, backup]), put]
}

/** It lay there already, and runs. */
export function layThere(comes: Comes, { sha256, versions = {}, stale }: Lay): boolean {
  if ('lies' in comes) return stale === false
  return 'packages' in comes ? areNew(comes.packages, versions) : sha256 === comes.sha256
}

/** Why it does not lie there yet, or does not run. */
export async function notThere(comes: Comes, { unit, target }: There, on: On): Promise<string[]> {
  if ('lies' in comes) return (await isStale(on, unit)) ? [`the master to run what lies on disk`] : []
  if ('packages' in comes) return notNew(on, comes.packages)
  return (await fileDigest(on, target)) === comes.sha256 ? [] : [`${target} is not the new file`]
}

/** Either the new lies there, or the old, or it is on its way from one to the other. */
export async function isEither(comes: Comes, target: string, found: Lay, on: On): Promise<boolean> {
  if ('lies' in comes) return true
  if ('packages' in comes) return isBetween(on, comes.packages, found.versions ?? {})
  return [comes.sha256, found.sha256].includes((await fileDigest(on, target)) ?? null)
}

async function isStale(on: On, unit: string): Promise<boolean> {
  const { units } = await runningCode(on.host, [unit], { signal: on.signal })
  return (units.get(unit)?.processes ?? []).some(({ main, gone }) => main && gone.length > 0)
}
