import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostSpec, SshSettings } from '../../../src/fleet/fleet.ts'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import type { Host, Hosts } from '../../../src/hosts/host.ts'
import type { HostName } from '../../../src/lib/types.ts'
import type { FakeSshd } from './fake-sshd.ts'

export const box = 'box' as HostName

/** An environment whose `ssh` reads `config` instead of the user's own files, and that has no agent. */
export async function sshEnv(dir: string, config: string): Promise<NodeJS.ProcessEnv> {
  const bin = join(dir, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(dir, 'ssh_config'), config)
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${dir}/ssh_config' "$@"\n`, { mode: 0o755 })
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: dir }
}

/** ssh_config lines for a fake server; the first value of an option wins, so `first` overrides. */
export function configFor(sshd: FakeSshd, first = '', host = 'box'): string {
  return `Host ${host}
  ${first}
  Hostname 127.0.0.1
  Port ${sshd.port}
  User deploy
  UserKnownHostsFile ${sshd.knownHosts}
  GlobalKnownHostsFile none
  IdentityFile ${sshd.identity}
`
}

export function specFor(ssh: Partial<SshSettings> = {}, name = 'box'): HostSpec {
  return { name: name as HostName, address: name, ssh: { transport: 'ssh', become: 'sudo', ...ssh }, vars: {} }
}

export interface Reached {
  readonly host: Host
  readonly hosts: Hosts
  readonly close: () => Promise<void>
}

/** One host of a fleet of one. */
export async function reach(env: NodeJS.ProcessEnv, ssh: Partial<SshSettings> = {}): Promise<Reached> {
  const hosts = openHosts({ hosts: new Map([['box', specFor(ssh)]]) }, { env })
  return { host: await hosts.on(box), hosts, close: () => hosts.closeAll() }
}
