import { chmod, chown, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Base } from './base/build.ts'
import { command } from './command.ts'
import { hostFiles, type HostFile } from './host-files.ts'
import { makeKeys } from './keys.ts'
import { labFiles } from './lab-files.ts'
import { hostPaths, packageDir, type LabPaths } from './paths.ts'
import type { LabShape } from './shape.ts'

/** Writes everything a lab consists of below its directory, and mounts the hosts' roots. Nothing runs yet. */
export async function furnish(lab: LabPaths, shape: LabShape, base: Base): Promise<void> {
  await mkdir(lab.dir, { recursive: true })
  await command(['mount', '-t', 'tmpfs', '-o', 'mode=755', lab.cgroupName, lab.dir])
  const keys = await makeKeys(lab, shape)
  await writeAll(lab.dir, labFiles(lab, shape, keys))
  const common = {
    publicKey: keys.publicKey,
    binaries: base.binaries,
    binaryNames: await readdir(base.binaries),
    app: await compiledApp(),
  }
  await Promise.all(
    shape.hosts.map(async (host) => {
      const paths = hostPaths(lab, host.name)
      for (const dir of [paths.upper, paths.work, paths.root]) await mkdir(dir, { recursive: true })
      await writeAll(paths.upper, hostFiles(shape, host, { ...common, hostKey: keys.hostKey(host.name) }))
      const layers = `lowerdir=${base.root},upperdir=${paths.upper},workdir=${paths.work}`
      await command(['mount', '-t', 'overlay', '-o', layers, paths.machine, paths.root])
    }),
  )
}

async function writeAll(dir: string, files: readonly HostFile[]): Promise<void> {
  for (const file of files) await write(dir, file)
}

async function write(top: string, file: HostFile): Promise<void> {
  const path = join(top, file.path)
  await mkdir(dirname(path), { recursive: true })
  if ('link' in file) return await symlink(file.link, path)
  if ('copyOf' in file) await copyFile(file.copyOf, path)
  else await writeFile(path, file.text)
  await chmod(path, file.mode ?? 0o644)
  if (file.owner !== undefined) await own(top, file.path, file.owner)
}

/** A home and what lies in it must be its user's, or sshd takes no key from there; /home itself stays root's. */
async function own(top: string, path: string, owner: number): Promise<void> {
  const names = path.split(sep)
  for (let depth = 2; depth <= names.length; depth += 1) {
    const each = join(top, ...names.slice(0, depth))
    await chown(each, owner, owner)
    if (depth < names.length) await chmod(each, 0o700)
  }
}

/** The application as it was built: its files by name. */
async function compiledApp(): Promise<Map<string, string>> {
  const dir = join(packageDir, 'dist/lab/app')
  const names = (await readdir(dir)).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))
  return new Map(names.map((name, index) => [relative('.', name), texts[index] ?? '']))
}
