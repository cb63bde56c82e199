import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepBinaries } from '../../../src/lab/base/binaries.ts'
import { debianMirror } from '../../../src/lab/base/mirror.ts'
import type { Suite } from '../../../src/lab/shape.ts'

/**
 * An nginx newer than the lab's, with `keepalive_min_timeout` (from 1.27.4): that of the Debian to come, which runs on its hosts as
 * well. Fetched once, and kept beside other temporary files.
 */
export async function nginxOfForky(): Promise<string> {
  const kept = join(tmpdir(), 'zdt-e2e-forky')
  if (!existsSync(kept)) {
    const fresh = `${kept}-${process.pid}`
    await mkdir(fresh, { recursive: true })
    await keepBinaries({ suite: 'forky' as Suite, mirror: await debianMirror() }, fresh)
    await rename(fresh, kept).catch(() => rm(fresh, { recursive: true }))
  }
  const nginx = (await readdir(kept)).find((name) => name.startsWith('nginx-'))
  if (nginx === undefined) throw new Error(`${kept} has no nginx`)
  return join(kept, nginx)
}
