import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from '../command.ts'
import type { Suite } from '../shape.ts'
import { archiveKeyring } from './mirror.ts'

/** The daemons of which several versions are kept. */
export const keptDaemons = ['nginx', 'haproxy', 'keepalived'] as const

/** Takes nginx, haproxy and keepalived out of a suite's packages into `into`, named by their versions (`nginx-1.22.1`). */
export async function keepBinaries(from: { suite: Suite; mirror: string }, into: string): Promise<void> {
  const debs = join(into, `.${from.suite}`)
  for (const { name, version, file } of await downloadPackages(from, keptDaemons, debs)) {
    const files = join(debs, name)
    await command(['dpkg-deb', '--extract', file, files])
    await copyFile(join(files, 'usr/sbin', name), join(into, `${name}-${upstream(version)}`))
  }
  await rm(debs, { recursive: true })
}

/**
 * Downloads packages of a suite into a folder of their own. apt gets a configuration of its own: this machine's lists and packages
 * are not touched.
 */
export async function downloadPackages(
  from: { suite: Suite; mirror: string },
  names: readonly string[],
  into: string,
): Promise<{ readonly name: string; readonly version: string; readonly file: string }[]> {
  const apart = join(into, '.apt')
  for (const each of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apart, each), { recursive: true })
  await writeFile(join(apart, 'status'), '')
  await writeFile(join(apart, 'sources.list'), `deb [signed-by=${archiveKeyring}] ${from.mirror} ${from.suite} main\n`)
  const apt = ['apt-get', '--quiet=2', ...options(apart)]
  await command([...apt, 'update'])
  await command(['env', `--chdir=${into}`, ...apt, 'download', ...names])
  await rm(apart, { recursive: true })
  const files = (await readdir(into)).filter((name) => name.endsWith('.deb')).map((name) => join(into, name))
  return Promise.all(
    files.map(async (file) => {
      const [name = '', version = ''] = (await command(['dpkg-deb', '--show', file])).split('\t')
      return { name, version, file }
    }),
  )
}

function options(dir: string): string[] {
  const settings = {
    'Dir::Etc::SourceList': join(dir, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': dir,
    'Dir::State::Lists': join(dir, 'lists'),
    'Dir::State::Status': join(dir, 'status'),
    'Dir::Cache': join(dir, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** The daemon's own version in its package's: without Debian's epoch and revision. */
export function upstream(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')
}
