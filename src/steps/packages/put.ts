import type { On } from '../../engine/step-kind.ts'
import { managers, type Packages } from './managers.ts'

/** Versions by name; null where one is not installed, or not whole. */
export type Versions = Readonly<Record<string, string | null>>

/** What is installed of them. */
export function versionsNow(on: On, { manager, changes }: Packages): Promise<Versions> {
  const names = changes.map(({ name }) => name)
  return managers[manager].versions(on.host, names, { signal: on.signal })
}

/** All are as the run wants them. */
export function areNew({ changes }: Packages, versions: Versions): boolean {
  return changes.every(({ name, to }) => versions[name] === to)
}

/** Installs the new ones; no service is touched by that. Throws PackagesUnfit. */
export function installNew(on: On, { manager, dir, changes }: Packages): Promise<void> {
  return managers[manager].install(on.host, dir, 'new', changes, { signal: on.signal })
}

/**
 * The ones of before again, where they are not, and nothing of an install that died. One that lives goes on to its end first: what
 * holds services off is its own, and what it installs it may not have begun with (TRAPS, case 8).
 */
export async function installOld(on: On, packages: Packages, found: Versions): Promise<void> {
  const { manager, dir, changes } = packages
  await managers[manager].settled(on.host, dir, { signal: on.signal })
  const now = await versionsNow(on, packages)
  if (changes.some(({ name }) => now[name] !== found[name]))
    await managers[manager].install(on.host, dir, 'old', changes, { signal: on.signal })
  await managers[manager].clearLitter(on.host, { signal: on.signal })
}

/** The versions of before, as the run knew them when it was planned. */
export function versionsBefore({ changes }: Packages): Versions {
  return Object.fromEntries(changes.map(({ name, from }) => [name, from]))
}

/** What is not yet new. */
export async function notNew(on: On, packages: Packages): Promise<string[]> {
  const now = await versionsNow(on, packages)
  return packages.changes.flatMap(({ name, to }) =>
    now[name] === to ? [] : [`${name} is ${now[name] ?? 'not whole'}`],
  )
}

/** What is not yet as it was. */
export async function notOld(on: On, packages: Packages, found: Versions): Promise<string[]> {
  const now = await versionsNow(on, packages)
  const litter = await managers[packages.manager].litter(on.host, { signal: on.signal })
  return [
    ...packages.changes.flatMap(({ name }) =>
      now[name] === found[name] ? [] : [`${name} is ${now[name] ?? 'not whole'}, not ${found[name] ?? 'gone'}`],
    ),
    ...(litter ? ['an empty policy-rc.d is still there'] : []),
  ]
}

/** Each is as the run found it, or as it wants it, or dpkg itself died in the middle of it: nobody else was there. */
export async function isBetween(on: On, packages: Packages, found: Versions): Promise<boolean> {
  const now = await versionsNow(on, packages)
  return packages.changes.every(({ name, to }) => [to, found[name], null].includes(now[name] ?? null))
}
