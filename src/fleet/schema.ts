import { z } from 'zod'
import { app } from './apps.ts'
import { configured, secret, vars } from './configured.ts'
import * as field from './fields.ts'
import { notify } from './notify.ts'
import { rollout } from './rollout.ts'
import { split } from './splits.ts'

// A fleet is checked once: to compile what checks it would take longer.
z.config({ jitless: true })

const ssh = z.strictObject(
  {
    transport: field
      .oneOf(['ssh', 'openssh', 'local'])
      .optional()
      .describe(
        'How the host is reached: `ssh` (built in, the default), `openssh` (the system’s ssh, for certificates, FIDO keys and GSSAPI) or `local` (this machine).',
      ),
    user: field.user.optional().describe('The login user. Default: what `ssh -G` says.'),
    port: field.whole(1, 65_535).optional().describe('The port of sshd. Default: what `ssh -G` says.'),
    identity_file: field.homePath
      .optional()
      .describe('The private key, absolute or beginning with `~/`. Default: what `ssh -G` says, and the agent.'),
    become: field
      .oneOf(['sudo', 'none'])
      .optional()
      .describe('How root is become: `sudo` (`sudo -n`) or `none`. Default: `none` for the user root, else `sudo`.'),
  },
  field.wrong('a map with transport, user, port, identity_file, become'),
)

const host = z.strictObject(
  {
    address: field.address.describe('What ssh is given: an address, a name, or an alias of ~/.ssh/config.'),
    other_addresses: z
      .array(field.address, field.wrong('a list of addresses'))
      .optional()
      .describe(
        'More addresses of the same machine. A pool’s server at `address` or at one of these is this host; names are not looked up.',
      ),
    ssh: ssh.optional().describe('How this host is reached, over `defaults.ssh`.'),
    vars: vars('over those of its groups'),
  },
  field.wrong('a map with address'),
)

const hosts = z
  .array(field.name, field.wrong('a list of hosts, such as [lb1, lb2]'))
  .min(1, { error: 'is empty, expected at least one host' })
const haproxy = z.strictObject(
  {
    hosts: hosts.describe('The hosts that run it, all with the same configuration.'),
    socket: field.socketPath
      .default('/run/haproxy/admin.sock')
      .describe('The runtime socket, with level admin. Default: `/run/haproxy/admin.sock`.'),
    master_socket: field.socketPath
      .default('/run/haproxy-master.sock')
      .describe('The master’s socket (`haproxy -S`). Default: `/run/haproxy-master.sock`.'),
    unit: field.unit.default('haproxy').describe('The systemd unit. Default: `haproxy`.'),
    ...configured('haproxy'),
  },
  field.wrong('a map with hosts'),
)

const nginx = z.strictObject(
  {
    hosts: hosts.describe('The hosts that run it, all with the same configuration.'),
    unit: field.unit.default('nginx').describe('The systemd unit. Default: `nginx`.'),
    upstreams: field.hostPath
      .default('/etc/nginx/upstreams')
      .describe(
        'The directory on the hosts with the servers of each pool that it balances, `BACKEND.conf`, which its upstream includes: `zdt drain`, `ready`, `maint` and `weight` change them there. Default: `/etc/nginx/upstreams`.',
      ),
    ...configured('nginx'),
  },
  field.wrong('a map with hosts'),
)

const keepalived = z.strictObject(
  {
    address: field.vip.describe('The VIP with its prefix length.'),
    other_addresses: z
      .array(field.vip, field.wrong('a list of addresses with prefix lengths'))
      .default([])
      .describe('More VIPs that move with it, IPv4 or IPv6.'),
    hosts: hosts.describe('The hosts that may hold the VIP, the one that shall hold it first. They share one lock.'),
    router_id: field.whole(1, 255).optional().describe('`virtual_router_id`, 1 to 255.'),
    unit: field.unit.default('keepalived').describe('The systemd unit. Default: `keepalived`.'),
    ...configured('keepalived'),
  },
  field.wrong('a map with address and hosts'),
)

const pool = z.strictObject(
  {
    balancer: field.balancer.describe('Who balances it: `haproxy/GROUP` or `nginx/GROUP`.'),
    backend: field.name
      .optional()
      .describe('The name of HAProxy’s backend or nginx’s upstream. Default: the pool’s name.'),
    servers: z
      .record(z.string(), field.endpoint, field.wrong('a map of servers, such as { app1: 10.0.0.21:8080 }'))
      .refine((servers) => Object.keys(servers).length > 0, { error: 'is empty, expected at least one server' })
      .describe('Its servers, by the name that the balancer knows them by: `NAME: ADDRESS:PORT`, IPv6 in brackets.'),
    min_available: field
      .whole(0, 1_000_000, 'a whole number, 0 or more')
      .default(1)
      .describe('Drains that would leave fewer servers up are refused. At most the number of servers. Default: 1.'),
    rollout: rollout.optional().describe('How its application comes to another version: `zdt rollout`.'),
    vars: vars('as `pool.vars`'),
  },
  field.wrong('a map with balancer and servers'),
)

const probe = z.strictObject(
  {
    url: field.probeUrl.describe('What `--probe` asks for, http or https, without user and password.'),
    rate: field.whole(1, 1000).default(50).describe('Requests a second, 1 to 1000. Default: 50.'),
  },
  field.wrong('a map with url'),
)

const groups = (kind: string) => field.wrong(`a map of ${kind} groups`)

/** zdt.yaml as it is written. The descriptions are the reference in docs/zdt.yaml.md, which a test holds to them. */
export const fleetSchema = z.strictObject(
  {
    name: field.name.optional().describe('The fleet’s name, for titles. Default: the directory’s name.'),
    defaults: z
      .strictObject(
        { ssh: ssh.optional().describe('How hosts are reached, unless they say otherwise.') },
        field.wrong('a map with ssh'),
      )
      .optional()
      .describe('What holds for every host.'),
    hosts: z
      .record(z.string(), host, field.wrong('a map of hosts, such as { lb1: { address: 10.0.0.11 } }'))
      .describe('The machines, by the name that zdt and its users call them.'),
    haproxy: z.record(z.string(), haproxy, groups('haproxy')).optional().describe('Groups of HAProxy load balancers.'),
    nginx: z.record(z.string(), nginx, groups('nginx')).optional().describe('Groups of nginx servers.'),
    keepalived: z
      .record(z.string(), keepalived, groups('keepalived'))
      .optional()
      .describe('VIPs, and who may hold them.'),
    pools: z
      .record(z.string(), pool, field.wrong('a map of pools'))
      .optional()
      .describe('What the applications are: servers behind one backend of one balancer.'),
    splits: z
      .record(z.string(), split, field.wrong('a map of splits, such as { shop: { a: shop, b: shop-b } }'))
      .optional()
      .describe('Pools of which some clients get one and the others another: `zdt split`.'),
    apps: z
      .record(z.string(), app(hosts), field.wrong('a map of applications'))
      .optional()
      .describe('Applications that upgrade themselves in place, by a word of their own: `zdt upgrade`.'),
    secrets: z
      .record(z.string(), secret, field.wrong('a map of secrets, such as { stats: { env: STATS_PASSWORD } }'))
      .default({})
      .describe(
        'What `{{secret "NAME"}}` in a template stands for, and where it comes from. Asked for when it is rendered.',
      ),
    probe: probe.optional().describe('The traffic that counts what a change loses.'),
    notify: z
      .array(notify, field.wrong('a list of webhooks'))
      .default([])
      .describe('Webhooks that are told when a run begins, asks, is judged by a gate, pauses and ends. Default: none.'),
  },
  field.wrong('a map with hosts'),
)

/** zdt.yaml, its defaults filled in. */
export type FleetFile = z.output<typeof fleetSchema>
