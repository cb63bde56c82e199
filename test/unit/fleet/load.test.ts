import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FleetInvalid, FleetNotFound } from '../../../src/fleet/errors.ts'
import { findFleetFile, minimalExample } from '../../../src/fleet/find.ts'
import { loadFleet, parseFleet } from '../../../src/fleet/load.ts'
import { sound } from './problems-of.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zdt-fleet-'))
})
afterEach(() => rm(directory, { recursive: true }))

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

test('what is left out has its default', () => {
  const fleet = parseFleet(sound, '/srv/edge-fleet/zdt.yaml')
  expect(fleet).toMatchObject({ name: 'edge-fleet', file: '/srv/edge-fleet/zdt.yaml' })
  expect(fleet.hosts.get('lb1')).toEqual({
    name: 'lb1',
    address: '10.0.0.11',
    otherAddresses: [],
    ssh: { transport: 'ssh', become: 'sudo' },
    vars: {},
  })
  expect(fleet.haproxy.get('edge')).toEqual({
    name: 'edge',
    hosts: ['lb1', 'lb2'],
    socket: '/run/haproxy/admin.sock',
    masterSocket: '/run/haproxy-master.sock',
    unit: 'haproxy',
    config: '/etc/haproxy/haproxy.cfg',
    vars: {},
    files: [],
  })
  expect(fleet.pools.get('shop')).toEqual({
    name: 'shop',
    balancer: { kind: 'haproxy', name: 'edge' },
    backend: 'shop',
    servers: [
      { name: 'app1', address: '10.0.0.21', port: 8080 },
      { name: 'app2', address: '10.0.0.22', port: 8080 },
    ],
    minAvailable: 1,
    vars: {},
  })
  expect(fleet.secrets.size).toBe(0)
  expect(fleet.probe).toBeUndefined()
})

test('everything can be said', () => {
  const fleet = parseFleet(
    `name: prod
defaults: { ssh: { user: deploy, port: 2222 } }
hosts:
  a: { address: 10.0.0.1, ssh: { user: root, identity_file: ~/.ssh/id }, other_addresses: [192.0.2.1] }
  b: { address: "2001:db8::1", ssh: { transport: openssh, become: none } }
haproxy:
  edge: { hosts: [a], socket: /s, master_socket: /m, unit: haproxy@edge, template: h.hbs, vars: { n: [1, { x: null }] } }
nginx:
  web: { hosts: [b], unit: openresty, config: /opt/n.conf, files: { /opt/k.pem: { source: k.pem, secret: true, mode: '0640' } } }
keepalived:
  vip: { address: 2001:db8::100/64, hosts: [a, b], router_id: 51, other_addresses: [10.0.0.9/24], vars: { interface: eth0 } }
pools:
  shop: { balancer: nginx/web, backend: up, servers: { app1: "[2001:db8::21]:80" }, min_available: 0, vars: { mode: tcp } }
secrets:
  a: { env: A }
  b: { file: b.txt }
  c: { command: [pass, show, c] }
  d: { command: [slow], timeout: 1m }
probe: { url: "https://[2001:db8::100]/healthz" }
`,
    'zdt.yaml',
  )
  expect(fleet.name).toBe('prod')
  expect(fleet.hosts.get('a')?.ssh).toEqual({
    transport: 'ssh',
    user: 'root',
    port: 2222,
    identityFile: `${homedir()}/.ssh/id`,
    become: 'none',
  })
  expect(fleet.hosts.get('b')?.ssh).toEqual({ transport: 'openssh', user: 'deploy', port: 2222, become: 'none' })
  expect(fleet.haproxy.get('edge')).toMatchObject({
    socket: '/s',
    masterSocket: '/m',
    unit: 'haproxy@edge',
    template: 'h.hbs',
    vars: { n: [1, { x: null }] },
  })
  expect(fleet.nginx.get('web')).toEqual({
    name: 'web',
    hosts: ['b'],
    unit: 'openresty',
    upstreams: '/etc/nginx/upstreams',
    config: '/opt/n.conf',
    vars: {},
    files: [{ path: '/opt/k.pem', source: 'k.pem', secret: true, mode: '0640' }],
  })
  expect(fleet.keepalived.get('vip')).toEqual({
    name: 'vip',
    address: '2001:db8::100',
    prefix: 64,
    otherAddresses: [{ address: '10.0.0.9', prefix: 24 }],
    hosts: ['a', 'b'],
    routerId: 51,
    unit: 'keepalived',
    config: '/etc/keepalived/keepalived.conf',
    vars: { interface: 'eth0' },
    files: [],
  })
  expect([...fleet.secrets]).toEqual([
    ['a', { env: 'A' }],
    ['b', { file: 'b.txt' }],
    ['c', { command: ['pass', 'show', 'c'], timeout: 10_000 }],
    ['d', { command: ['slow'], timeout: 60_000 }],
  ])
  expect(fleet.pools.get('shop')).toMatchObject({
    balancer: { kind: 'nginx', name: 'web' },
    backend: 'up',
    servers: [{ name: 'app1', address: '2001:db8::21', port: 80 }],
    minAvailable: 0,
    vars: { mode: 'tcp' },
  })
  expect(fleet.probe).toEqual({ url: 'https://[2001:db8::100]/healthz', rate: 50 })
})

test('the digest is that of the text', () => {
  expect(parseFleet(sound, 'a/zdt.yaml').digest).toBe(parseFleet(sound, 'b/zdt.yaml').digest)
  expect(parseFleet(`${sound}\n`, 'a/zdt.yaml').digest).not.toBe(parseFleet(sound, 'a/zdt.yaml').digest)
})

test('FleetInvalid carries each problem as data, exits as usage', () => {
  const error = (() => {
    try {
      return parseFleet('hosts:\n  a: { adress: x }\n', 'zdt.yaml')
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(FleetInvalid)
  expect(error).toMatchObject({
    code: 'fleet-invalid',
    exit: 'usage',
    problems: [
      { line: 2, column: 3, path: 'hosts.a.address' },
      { line: 2, column: 8, path: 'hosts.a.adress', message: 'is not known, expected address' },
    ],
  })
})

test('zdt.yaml is found upward, and --fleet and ZDT_FLEET come before it', async () => {
  await writeFile(join(directory, 'zdt.yaml'), sound)
  await writeFile(join(directory, 'other.yaml'), sound)
  const deep = join(directory, 'a', 'b')
  expect(await findFleetFile(undefined, { cwd: deep, env: '' })).toBe(join(directory, 'zdt.yaml'))
  expect(await findFleetFile(undefined, { cwd: directory, env: 'other.yaml' })).toBe(join(directory, 'other.yaml'))
  expect(await findFleetFile('../../zdt.yaml', { cwd: deep, env: 'other.yaml' })).toBe(join(directory, 'zdt.yaml'))
  expect((await loadFleet(join(directory, 'zdt.yaml'))).hosts.size).toBe(2)
})

test('a named file that is not there is not replaced by another', async () => {
  await writeFile(join(directory, 'zdt.yaml'), sound)
  expect(await failureOf(findFleetFile('prod.yaml', { cwd: directory }))).toMatchObject({
    message: `${directory}/prod.yaml is no file, and --fleet names it`,
    exit: 'usage',
  })
  expect(await failureOf(findFleetFile(undefined, { cwd: directory, env: 'prod.yaml' }))).toMatchObject({
    message: `${directory}/prod.yaml is no file, and ZDT_FLEET names it`,
  })
})

test('without a fleet file the error says where it looked and shows the smallest one', async () => {
  const error = await failureOf(findFleetFile(undefined, { cwd: '/proc/self', env: '' }))
  expect(error).toBeInstanceOf(FleetNotFound)
  expect(error).toMatchObject({ code: 'fleet-not-found', exit: 'usage' })
  expect(String(error)).toContain('searched /proc/self/zdt.yaml, /proc/zdt.yaml, /zdt.yaml.')
  expect(String(error)).toContain('    balancer: haproxy/edge')
  expect(parseFleet(minimalExample, 'zdt.yaml').pools.size).toBe(1)
})

test('a file that cannot be read says why', async () => {
  expect(await failureOf(loadFleet(directory))).toMatchObject({
    code: 'fleet-not-found',
    said: expect.stringContaining('EISDIR'),
  })
  const binary = join(directory, 'zdt.yaml')
  await writeFile(binary, Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff))
  expect(await failureOf(loadFleet(binary))).toMatchObject({ message: `${binary} is not UTF-8 text` })
})
