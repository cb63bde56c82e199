import type { HostName, Json, Millis } from '../lib/types.ts'
import type { AppSpec } from './apps.ts'
import type { NotifySpec } from './notify.ts'
import type { RolloutSpec } from './rollout.ts'
import type { SplitSpec } from './splits.ts'

/** How a host is reached; what is unset comes from ~/.ssh/config by way of `ssh -G`. */
export interface SshSettings {
  readonly transport: 'ssh' | 'openssh' | 'local'
  readonly user?: string
  readonly port?: number
  /** Absolute. */
  readonly identityFile?: string
  readonly become: 'sudo' | 'none'
}

export interface HostSpec {
  readonly name: HostName
  /** What ssh is given: an address, a name, or an alias of ~/.ssh/config. */
  readonly address: string
  /** More addresses of the same machine, by which pools' servers are recognised as this host. */
  readonly otherAddresses?: readonly string[]
  readonly ssh: SshSettings
  /** Over those of its groups. */
  readonly vars?: Vars
}

/** Variables for templates. */
export type Vars = { readonly [name: string]: Json }

/** A file beside a daemon's main one: a copy of `source`, or rendered from `template`. */
export interface FileSpec {
  /** On the hosts. */
  readonly path: string
  /** From the directory of zdt.yaml. */
  readonly source?: string
  readonly template?: string
  /** In octal. */
  readonly mode?: string
  /** Nothing of what it says may be shown. */
  readonly secret: boolean
}

/** What a daemon's configuration is made from. */
export interface Configured {
  /** Its main file on the hosts. */
  readonly config: string
  /** From the directory of zdt.yaml; zdt's own where none is named. */
  readonly template?: string
  readonly vars: Vars
  readonly files: readonly FileSpec[]
}

/** Where a secret comes from: an environment variable, a file from the directory of zdt.yaml, or a command. */
export type SecretSpec =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[]; readonly timeout: Millis }

export interface HaproxySpec extends Configured {
  readonly name: string
  readonly hosts: readonly HostName[]
  /** The runtime socket with level admin, default /run/haproxy/admin.sock. */
  readonly socket: string
  /** The master's socket, default /run/haproxy-master.sock. */
  readonly masterSocket: string
  /** The systemd unit, default haproxy. */
  readonly unit: string
}

export interface NginxSpec extends Configured {
  readonly name: string
  readonly hosts: readonly HostName[]
  /** Default nginx. */
  readonly unit: string
  /** The directory of the files that hold the servers of each pool that it balances, default /etc/nginx/upstreams. */
  readonly upstreams: string
}

export interface KeepalivedSpec extends Configured {
  readonly name: string
  /** The VIP without its prefix length. */
  readonly address: string
  readonly prefix: number
  /** More VIPs that move with it. */
  readonly otherAddresses: readonly { readonly address: string; readonly prefix: number }[]
  /** The one that shall hold it first. */
  readonly hosts: readonly HostName[]
  readonly routerId?: number
  readonly unit: string
}

/** A server of a pool: a name that HAProxy knows it by, and where it listens. */
export interface ServerSpec {
  readonly name: string
  readonly address: string
  readonly port: number
}

export interface Pool {
  readonly name: string
  readonly balancer: { readonly kind: 'haproxy' | 'nginx'; readonly name: string }
  readonly backend: string
  readonly servers: readonly ServerSpec[]
  readonly minAvailable: number
  /** How it comes to another version; undefined where zdt.yaml says nothing of that. */
  readonly rollout?: RolloutSpec
  readonly vars: Vars
}

export interface ProbeSpec {
  readonly url: string
  /** Requests a second. */
  readonly rate: number
}

/** A server's place in one backend of one load balancer. Data: it goes into plans and journals. */
export type Seat = {
  readonly host: HostName
  /** The runtime socket on that host. */
  readonly socket: string
  readonly masterSocket: string
  readonly pool: string
  readonly backend: string
  readonly server: string
  readonly address: string
  readonly port: number
}

/** A server's place in one upstream of one nginx. Data: it goes into plans and journals. */
export type UpstreamSeat = {
  readonly host: HostName
  readonly pool: string
  readonly upstream: string
  /** The file on that host that lists the upstream's servers. */
  readonly file: string
  readonly server: string
  readonly address: string
  readonly port: number
}

/** zdt.yaml, read and checked. */
export interface Fleet {
  /** The file's given name or else its directory's, for titles. */
  readonly name: string
  /** Absolute. */
  readonly file: string
  /** The sha256 of the text, in hex. */
  readonly digest: string
  readonly hosts: ReadonlyMap<string, HostSpec>
  readonly haproxy: ReadonlyMap<string, HaproxySpec>
  readonly nginx: ReadonlyMap<string, NginxSpec>
  readonly keepalived: ReadonlyMap<string, KeepalivedSpec>
  readonly pools: ReadonlyMap<string, Pool>
  readonly splits: ReadonlyMap<string, SplitSpec>
  readonly apps: ReadonlyMap<string, AppSpec>
  readonly secrets: ReadonlyMap<string, SecretSpec>
  readonly probe?: ProbeSpec
  readonly notify: readonly NotifySpec[]
}
