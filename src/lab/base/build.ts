import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { command } from '../command.ts'
import { locked } from '../lock.ts'
import type { Say } from '../say.ts'
import type { Suite } from '../shape.ts'
import { keepBinaries } from './binaries.ts'
import { aptProxy, archiveKeyring, debianMirror } from './mirror.ts'
import { basePath, recipeOf, type Recipe } from './recipe.ts'

/** The finished base of a suite. */
export interface Base {
  /** The root file system that hosts are overlays of; never written to. */
  readonly root: string
  /** Genuine daemons of several versions, such as `nginx-1.22.1`. */
  readonly binaries: string
}

/** Returns the base of a suite, building it (about a minute) when there is none of its recipe yet. */
export async function ensureBase(suite: Suite, say: Say): Promise<Base> {
  const recipe = recipeOf(suite)
  const path = basePath(recipe)
  const base = { root: join(path, 'root'), binaries: join(path, 'binaries') }
  if (existsSync(path)) {
    await utimes(path, new Date(), new Date())
    return base
  }
  await mkdir(dirname(path), { recursive: true })
  await locked(
    `${path}.lock`,
    async () => {
      if (!existsSync(path)) await build(recipe, path, say)
    },
    () => say(`waiting for another build of the ${suite} root`),
  )
  return base
}

async function build(recipe: Recipe, path: string, say: Say): Promise<void> {
  const mirror = await debianMirror()
  const unfinished = `${path}.unfinished`
  // Only its builder gets here, under the lock: what lies there is of one that was killed.
  await rm(unfinished, { recursive: true, force: true })
  const root = join(unfinished, 'root')
  const binaries = join(unfinished, 'binaries')
  await mkdir(root, { recursive: true })
  await mkdir(binaries)

  say(`lab: building the ${recipe.suite} root (about a minute, once)`)
  const include = `--include=${recipe.packages.join(',')}`
  const keyring = `--keyring=${archiveKeyring}`
  const debootstrap = ['debootstrap', '--variant=minbase', keyring, include, recipe.suite, root, mirror]
  await command(endingWithUs(debootstrap), { env: await aptProxy() })
  await command(endingWithUs(['chroot', root, 'sh', '-s']), { input: recipe.setup })
  say(`lab: keeping the daemons’ binaries of ${recipe.binariesOf.join(' and ')}`)
  for (const suite of recipe.binariesOf) await keepBinaries({ suite, mirror }, binaries)
  await rename(unfinished, path)
  await removeUnused(recipe.suite, path)
}

/**
 * The words that make a command, its children and its mounts end when we do, even by SIGKILL: a debootstrap that lived on
 * would write into the directory that the next one clears, and leave its /proc mounted there.
 */
function endingWithUs(argv: readonly string[]): string[] {
  const alone = ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL']
  return ['setpriv', '--pdeathsig=KILL', '--', ...alone, '--', ...argv]
}

const week = 7 * 24 * 60 * 60 * 1000

/** Bases of other recipes go when no lab has been brought up on them for a week, nor runs on them now. */
async function removeUnused(suite: Suite, path: string): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8')
  for (const entry of await readdir(dirname(path))) {
    const other = join(dirname(path), entry)
    if (!new RegExp(`^${suite}-[0-9a-f]{12}$`).test(entry) || mounts.includes(other)) continue
    if (Date.now() - (await stat(other)).mtimeMs > week) await rm(other, { recursive: true, force: true })
  }
}
