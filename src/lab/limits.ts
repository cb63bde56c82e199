import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { labsDir } from './paths.ts'

const setting = '/proc/sys/fs/inotify/max_user_instances'
const before = join(labsDir, '.inotify-before')

/**
 * Makes room for the hosts' inotify instances: all their systemds count as one user's, and beyond the usual 128 they
 * fail with 'Too many open files'.
 */
export async function raiseLimits(): Promise<void> {
  const now = (await readFile(setting, 'utf8')).trim()
  const enough = 8192
  if (Number(now) >= enough) return
  await writeFile(before, now, { flag: 'wx' }).catch(() => undefined)
  await writeFile(setting, String(enough))
}

/** Puts the limit back that was found, when no other lab is up. */
export async function restoreLimits(): Promise<void> {
  if (!existsSync(before)) return
  const others = await readdir(labsDir, { withFileTypes: true })
  if (others.some((entry) => entry.isDirectory())) return
  await writeFile(setting, await readFile(before, 'utf8'))
  await rm(before)
}
