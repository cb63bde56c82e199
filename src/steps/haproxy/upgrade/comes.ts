import type { On } from '../../../engine/step-kind.ts'
import { quote } from '../../../lib/quote.ts'
import { fileDigest } from '../../file-digest.ts'
import { byHand, inWords, type Packages } from '../../packages/managers.ts'
import { areNew, isBetween, notNew, type Versions } from '../../packages/put.ts'

/** The new binary: a file in the same directory; or packages that were fetched. */
export type Comes = { readonly staged: string; readonly sha256: string } | { readonly packages: Packages }

/** What lay at the target before. */
export type Lay = {
  readonly sha256: string | null
  /** Of the packages that are to come. */
  readonly versions?: Versions
}

/** What is done about the file, for a step's title. */
export function comesInWords(comes: Comes, target: string): string {
  return 'packages' in comes ? `install ${inWords(comes.packages)} with no service touched` : `replace ${target}`
}

/** What a person would type for it. */
export function putByHand(comes: Comes, target: string): string {
  return 'packages' in comes ? byHand(comes.packages, 'new') : quote(['mv', '-fT', comes.staged, target])
}

/** It lay there already. */
export function layThere(comes: Comes, { sha256, versions = {} }: Lay): boolean {
  return 'packages' in comes ? areNew(comes.packages, versions) : sha256 === comes.sha256
}

/** Why it does not lie there yet. */
export async function notThere(comes: Comes, target: string, on: On): Promise<string[]> {
  if ('packages' in comes) return notNew(on, comes.packages)
  return (await fileDigest(on, target)) === comes.sha256 ? [] : [`${target} is not the new file`]
}

/** Either the new lies there, or the old, or it is on its way from one to the other. */
export async function isEither(comes: Comes, target: string, found: Lay, on: On): Promise<boolean> {
  if ('packages' in comes) return isBetween(on, comes.packages, found.versions ?? {})
  return [comes.sha256, found.sha256].includes((await fileDigest(on, target)) ?? null)
}
