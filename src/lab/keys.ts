import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from './command.ts'
import type { LabPaths } from './paths.ts'
import type { LabShape } from './shape.ts'

/** The keys of one lab. */
export interface LabKeys {
  /** What `deploy` accepts on every host. */
  readonly publicKey: string
  /** A host's own private key. */
  hostKey(host: string): string
  /** A host's own public key, as known_hosts has it. */
  hostPublicKey(host: string): string
}

/** Makes the lab's keys: one to log in with, and one for each host, as on a real fleet. */
export async function makeKeys(lab: LabPaths, shape: LabShape): Promise<LabKeys> {
  const dir = join(lab.dir, 'host-keys')
  await mkdir(dir, { mode: 0o700 })
  const names = shape.hosts.map((host) => host.name)
  await Promise.all([generate(lab.identity, 'deploy'), ...names.map((name) => generate(join(dir, name), name))])
  const pairs = new Map(
    await Promise.all(
      names.map(async (name) => {
        const path = join(dir, name)
        return [name, { secret: await read(path), open: await read(`${path}.pub`) }] as const
      }),
    ),
  )
  return {
    publicKey: await read(`${lab.identity}.pub`),
    hostKey: (host) => pairs.get(host)?.secret ?? '',
    hostPublicKey: (host) => pairs.get(host)?.open.trim() ?? '',
  }
}

async function generate(path: string, comment: string): Promise<void> {
  await command(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path])
}

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8')
}
