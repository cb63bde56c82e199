import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../lib/digest.ts'
import { assertNever } from '../lib/types.ts'
import { renderFile, templatePath } from '../render/render.ts'
import { network, placeInIPv6, type LabHost, type LabShape } from './shape.ts'

/** A file that is put into a host's overlay before it boots. */
export type HostFile = { readonly path: string; readonly mode?: number; readonly owner?: number } & (
  { readonly text: string } | { readonly copyOf: string } | { readonly link: string }
)

/** What the files of a host are made from, beside the lab's shape. */
export interface Furniture {
  /** Whoever holds the private half logs in as `deploy`. */
  readonly publicKey: string
  /** The host's own private key. */
  readonly hostKey: string
  /** The directory of genuine daemons of several versions. */
  readonly binaries: string
  /** The names in that directory. */
  readonly binaryNames: readonly string[]
  /** The application, compiled: a directory of JavaScript files by name. */
  readonly app: ReadonlyMap<string, string>
}

/** The unprivileged user that operators log in as. */
const deploy = 1000

/** Everything that makes one host of the lab what it is: nothing is provisioned after it has booted. */
export function hostFiles(shape: LabShape, host: LabHost, furniture: Furniture): HostFile[] {
  return [...commonFiles(shape, host, furniture), ...roleFiles(shape, host, furniture)]
}

function commonFiles(shape: LabShape, host: LabHost, { publicKey, hostKey }: Furniture): HostFile[] {
  const data = { ...network, host, hosts: shape.hosts, place: placeInIPv6(host.address) }
  return [
    { path: 'etc/hostname', text: `${host.name}\n` },
    { path: 'etc/hosts', text: renderFile('lab/hosts/hosts.hbs', data) },
    { path: 'etc/machine-id', text: `${sha256(`${shape.name}/${host.name}`).slice(0, 32)}\n` },
    { path: 'etc/systemd/network/10-host0.network', text: renderFile('lab/hosts/host0.network.hbs', data) },
    { path: 'etc/ssh/ssh_host_ed25519_key', text: hostKey, mode: 0o600 },
    { path: 'home/deploy/.ssh/authorized_keys', text: publicKey, mode: 0o600, owner: deploy },
  ]
}

function roleFiles(shape: LabShape, host: LabHost, furniture: Furniture): HostFile[] {
  const data = { ...network, host, apps: having('app', shape), webs: having('web', shape) }
  switch (host.role) {
    case 'lb': {
      const first = having('lb', shape)[0]?.name === host.name
      const vrrp = { ...data, state: first ? 'MASTER' : 'BACKUP', priority: first ? 150 : 100 }
      return [
        { path: 'etc/haproxy/haproxy.cfg', text: renderFile('lab/hosts/haproxy.cfg.hbs', data) },
        { path: 'etc/keepalived/keepalived.conf', text: renderFile('lab/hosts/keepalived.conf.hbs', vrrp) },
        { path: 'etc/keepalived/priority', text: '0\n' },
        // The one that does not hold the VIP must be able to listen on it.
        { path: 'etc/sysctl.d/50-vip.conf', text: 'net.ipv4.ip_nonlocal_bind = 1\n' },
        enabled('haproxy'),
        enabled('keepalived'),
      ]
    }
    case 'web':
      return [
        { path: 'etc/nginx/nginx.conf', text: renderFile('lab/hosts/nginx.conf.hbs', data) },
        ...(data.apps.length > 0
          ? [{ path: 'etc/nginx/upstreams/shop.conf', text: renderFile('lab/hosts/servers.conf.hbs', data) }]
          : []),
        ...oldNginx(furniture),
        enabled('nginx'),
      ]
    case 'app':
      return [
        ...[...furniture.app].map(([name, text]) => ({ path: `opt/shop/${name}`, text })),
        { path: 'opt/shop/package.json', text: '{ "type": "module" }\n' },
        { path: 'etc/shop/version', text: '1.0.0\n' },
        {
          path: 'usr/local/sbin/shop-deploy',
          text: readFileSync(templatePath('lab/hosts/shop-deploy'), 'utf8'),
          mode: 0o755,
        },
        { path: 'etc/systemd/system/shop.service', text: readFileSync(templatePath('lab/hosts/shop.service'), 'utf8') },
        { path: 'etc/systemd/system/multi-user.target.wants/shop.service', link: '/etc/systemd/system/shop.service' },
      ]
    case 'small':
      return []
    default:
      return assertNever(host.role)
  }
}

/** Web hosts start on the oldest nginx there is, so that there is something to upgrade to. */
function oldNginx({ binaries, binaryNames }: Furniture): HostFile[] {
  const oldest = binaryNames
    .filter((name) => name.startsWith('nginx-'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0]
  return oldest === undefined ? [] : [{ path: 'usr/sbin/nginx', copyOf: join(binaries, oldest), mode: 0o755 }]
}

function enabled(unit: string): HostFile {
  return {
    path: `etc/systemd/system/multi-user.target.wants/${unit}.service`,
    link: `/usr/lib/systemd/system/${unit}.service`,
  }
}

function having(role: LabHost['role'], shape: LabShape): LabHost[] {
  return shape.hosts.filter((host) => host.role === role)
}
