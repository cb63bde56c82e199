import { test } from 'vitest'

/**
 * Is everything tried, with the older version of each daemon too, and what takes minutes? `npm run test:wide` does;
 * `npm test` takes the newest versions and has fifteen minutes.
 */
export const isWide = process.env['ZDT_WIDE'] === 'full'

/** A test for `npm run test:wide` alone. */
export const deep = test.runIf(isWide)

/** Of versions from old to new: all, or the newest alone. */
export function versions<Version>(all: readonly Version[]): readonly Version[] {
  return isWide ? all : all.slice(-1)
}
