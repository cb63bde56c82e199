import type { Random } from './random.ts'

const known = {
  haproxy: ['maxconn', 'hard_stop_after', 'bind', 'default_pool', 'tls_certificates', 'stats_secret', 'timeout_client'],
  nginx: ['worker_processes', 'root', 'default_pool', 'ipv6', 'tls_certificate', 'access_log', 'keepalive_timeout'],
  keepalived: ['interface', 'advert_interval', 'unicast', 'priority_file', 'script_user'],
  pool: ['check', 'domains', 'paths', 'port', 'mode', 'slowstart', 'cookie', 'tls_name', 'balance', 'maxconn'],
}

const fitting: Readonly<Record<string, unknown>> = {
  hard_stop_after: '10m',
  timeout_client: '1h',
  keepalive_timeout: '1m30s',
  advert_interval: '250ms',
  slowstart: '30s',
  bind: ['10.0.0.250', '2001:db8::250'],
  domains: ['a.example', 'b.example'],
  paths: ['/a/', '/b'],
  stats_secret: 'stats',
  interface: 'eth0',
}

/** Mostly what a variable is meant to be, sometimes anything. */
function value(random: Random, name: string): unknown {
  if (random.chance(0.8)) return fitting[name] ?? random.of(['text', 8080, true])
  return random.of([null, '', 0, -1, false, [], {}, { a: [null] }, ['x', null], 'two\nlines', 'soon', '‹', 1e21, [[1]]])
}

function vars(random: Random, of: keyof typeof known): Record<string, unknown> {
  const names = random.some(4, () => (random.chance(0.97) ? random.of(known[of]) : 'other'))
  return Object.fromEntries(names.map((name) => [name, value(random, name)]))
}

/** A fleet file: mostly sound in shape, with variables of every kind. */
export function randomFleet(random: Random): string {
  const hosts = ['h1', 'h2', 'h3', 'h4']
  const someHosts = () => hosts.filter(() => random.chance(0.6))
  const pools = random
    .some(4, () => random.of(['haproxy/edge', 'nginx/web']))
    .map((balancer, index) => [
      `p${index}`,
      {
        balancer,
        servers: { s1: '10.1.0.1:80', ...(random.chance(0.5) && { s2: '[2001:db8::2]:8080' }) },
        vars: vars(random, 'pool'),
      },
    ])
  const vip = (index: number) => (random.chance(0.5) ? `10.0.1.${index}/24` : `2001:db8:1::${index}/64`)
  const vips = random
    .some(3, () => 0)
    .map((_, index) => [
      `v${index}`,
      {
        address: vip(index * 2 + 1),
        other_addresses: random.some(2, () => vip(index * 2 + 2)),
        hosts: someHosts(),
        ...(random.chance(0.9) && { router_id: index + 1 }),
        vars: { interface: 'eth0', ...vars(random, 'keepalived') },
      },
    ])
  const fleet = {
    hosts: Object.fromEntries(
      hosts.map((name, index) => [
        name,
        {
          address: random.chance(0.8) ? `10.0.0.${index + 1}` : `${name}.example`,
          other_addresses: random.chance(0.3) ? [`2001:db8::${index + 1}`] : [],
          ...(random.chance(0.3) && { vars: vars(random, 'haproxy') }),
        },
      ]),
    ),
    haproxy: { edge: { hosts: someHosts(), vars: vars(random, 'haproxy') } },
    nginx: { web: { hosts: someHosts(), vars: vars(random, 'nginx') } },
    keepalived: Object.fromEntries(vips) as unknown,
    pools: Object.fromEntries(pools) as unknown,
    secrets: { stats: { env: 'STATS' } },
  }
  return JSON.stringify(fleet)
}
