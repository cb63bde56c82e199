import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from '../command.ts'
import type { Suite } from '../shape.ts'
import { archiveKeyring } from './mirror.ts'

/** The daemons of which several versions are kept. */
export const keptDaemons = ['nginx', 'haproxy', 'keepalived'] as const

/**
 * Takes nginx, haproxy and keepalived out of a suite's packages into `into`, named by their versions (`nginx-1.22.1`). apt gets a
 * configuration of its own: this machine's lists and packages are not touched.
 */
export async function keepBinaries(from: { suite: Suite; mirror: string }, into: string): Promise<void> {
  const dir = join(into, `.${from.suite}`)
  for (const each of ['lists/partial', 'cache/archives/partial', 'debs', 'files']) {
    await mkdir(join(dir, each), { recursive: true })
  }
  await writeFile(join(dir, 'status'), '')
  await writeFile(join(dir, 'sources.list'), `deb [signed-by=${archiveKeyring}] ${from.mirror} ${from.suite} main\n`)
  const apt = ['apt-get', '--quiet=2', ...options(dir)]
  await command([...apt, 'update'])
  await command(['env', `--chdir=${join(dir, 'debs')}`, ...apt, 'download', ...keptDaemons])
  for (const deb of await readdir(join(dir, 'debs'))) {
    await command(['dpkg-deb', '--extract', join(dir, 'debs', deb), join(dir, 'files')])
    const daemon = deb.slice(0, deb.indexOf('_'))
    const version = await command(['dpkg-deb', '--field', join(dir, 'debs', deb), 'Version'])
    await copyFile(join(dir, 'files/usr/sbin', daemon), join(into, `${daemon}-${upstream(version)}`))
  }
  await rm(dir, { recursive: true })
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
