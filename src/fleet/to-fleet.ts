import { homedir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { sha256 } from '../lib/digest.ts'
import { parseDuration } from '../lib/durations.ts'
import type { HostName } from '../lib/types.ts'
import { parseEndpoint, parseVip, type Mistake } from './address.ts'
import type { FileSpec, Fleet, HostSpec, KeepalivedSpec, Pool, SecretSpec, SshSettings } from './fleet.ts'
import { toNotify } from './notify.ts'
import { toRollout } from './rollout.ts'
import type { FleetFile } from './schema.ts'
import { toSplit } from './splits.ts'

type SshFile = NonNullable<FleetFile['hosts'][string]['ssh']>

/** The file's data, already checked, as the value that the rest of zdt knows. */
export function toFleet(data: FleetFile, { file, text }: { readonly file: string; readonly text: string }): Fleet {
  return {
    name: data.name ?? (basename(dirname(resolve(file))) || 'fleet'),
    file: resolve(file),
    digest: sha256(text),
    hosts: mapped(data.hosts, (name, host) => hostOf(name, host, data.defaults?.ssh ?? {})),
    haproxy: mapped(data.haproxy, (name, { hosts, master_socket: masterSocket, files, ...rest }) => ({
      name,
      hosts: hosts.map(hostName),
      masterSocket,
      files: filesOf(files),
      ...rest,
    })),
    nginx: mapped(data.nginx, (name, { hosts, files, ...rest }) => ({
      name,
      hosts: hosts.map(hostName),
      files: filesOf(files),
      ...rest,
    })),
    keepalived: mapped(data.keepalived, keepalivedOf),
    pools: mapped(data.pools, poolOf),
    splits: mapped(data.splits, toSplit),
    apps: mapped(data.apps, (name, { hosts, upgrade, ...rest }) => ({
      name,
      hosts: hosts.map(hostName),
      upgrade: upgrade ?? ['systemctl', 'reload', rest.unit],
      ...rest,
    })),
    secrets: mapped(data.secrets, (_name, spec) => secretOf(spec)),
    ...(data.probe && { probe: data.probe }),
    notify: data.notify.map(toNotify),
  }
}

function mapped<In, Out>(record: Readonly<Record<string, In>> = {}, make: (name: string, value: In) => Out) {
  return new Map(Object.entries(record).map(([name, value]) => [name, make(name, value)]))
}

function hostName(name: string): HostName {
  return name as HostName
}

function hostOf(name: string, host: FleetFile['hosts'][string], defaults: SshFile): HostSpec {
  return {
    name: hostName(name),
    address: host.address,
    otherAddresses: host.other_addresses ?? [],
    ssh: sshOf({ ...defaults, ...host.ssh }),
    vars: host.vars,
  }
}

function sshOf({ transport, user, port, identity_file: identity, become }: SshFile): SshSettings {
  return {
    transport: transport ?? 'ssh',
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
    ...(identity !== undefined && { identityFile: identity.replace(/^~(?=\/)/, homedir()) }),
    become: become ?? (user === 'root' ? 'none' : 'sudo'),
  }
}

function keepalivedOf(name: string, group: NonNullable<FleetFile['keepalived']>[string]): KeepalivedSpec {
  const { address: vip, other_addresses: others, hosts, router_id: routerId, files, ...rest } = group
  return {
    name,
    ...checked(parseVip(vip)),
    otherAddresses: others.map((other) => checked(parseVip(other))),
    hosts: hosts.map(hostName),
    ...(routerId && { routerId }),
    files: filesOf(files),
    ...rest,
  }
}

function filesOf(files: NonNullable<FleetFile['haproxy']>[string]['files']): FileSpec[] {
  return Object.entries(files).map(([path, spec]) => ({ path, ...spec }))
}

function secretOf({ env, file, command = [], timeout }: FleetFile['secrets'][string]): SecretSpec {
  if (env !== undefined) return { env }
  if (file !== undefined) return { file }
  return { command, timeout: parseDuration(timeout ?? '10s') ?? 0 }
}

function poolOf(name: string, pool: NonNullable<FleetFile['pools']>[string]): Pool {
  const [kind, group = ''] = pool.balancer.split('/')
  return {
    name,
    balancer: { kind: kind === 'nginx' ? 'nginx' : 'haproxy', name: group },
    backend: pool.backend ?? name,
    servers: Object.entries(pool.servers).map(([server, text]) => ({ name: server, ...checked(parseEndpoint(text)) })),
    minAvailable: pool.min_available,
    ...(pool.rollout && { rollout: toRollout(pool.rollout) }),
    vars: pool.vars,
  }
}

/** The schema has read the same text with the same function, so a mistake here is a bug. */
function checked<Read extends object>(read: Read): Exclude<Read, Mistake> {
  if ('mistake' in read) throw new TypeError(`checked before, yet it ${String(read.mistake)}`)
  return read as Exclude<Read, Mistake>
}
