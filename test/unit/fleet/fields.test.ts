import { expect, test } from 'vitest'
import { problemsOf, sound, soundWith } from './problems-of.ts'

const name = 'letters, digits and . _ : - with a letter or digit first'
const endpoint = 'ADDRESS:PORT, such as 10.0.0.21:8080 or [2001:db8::21]:8080'
const address = 'an address, a name or an alias of ~/.ssh/config, without a port'
const absolute = 'an absolute path of at most 107 bytes without ; or line breaks'

/** A mistake in a host's line, which is line 2. */
const host = (line: string) => problemsOf(`hosts:\n  ${line}\n`)
/** A mistake in the haproxy group's line, which is line 5. */
const group = (line: string) => problemsOf(sound.replace('edge: { hosts: [lb1, lb2] }', `edge: { ${line} }`))
/** A mistake in the servers' line, which is line 9. */
const servers = (line: string) => problemsOf(sound.replace(/servers: .*/, `servers: ${line}`))

test('a sound fleet has no problems', () => expect(problemsOf(sound)).toEqual([]))

test('a misspelled section', () =>
  expect(problemsOf('host:\n  lb1: { address: 10.0.0.11 }\n')).toEqual([
    'zdt.yaml:1:1 hosts: is missing, expected a map of hosts, such as { lb1: { address: 10.0.0.11 } }',
    'zdt.yaml:1:1 host: is not known, expected hosts',
  ]))

test('a misspelled field', () =>
  expect(host('lb1: { address: 10.0.0.1, shh: {} }')).toEqual([
    'zdt.yaml:2:29 hosts.lb1.shh: is not known, expected ssh',
  ]))

test('a field like no other', () =>
  expect(host('lb1: { address: 10.0.0.1, rack-unit: 4 }')).toEqual([
    'zdt.yaml:2:29 hosts.lb1.rack-unit: is not known, expected one of address, other_addresses, ssh, vars',
  ]))

test('a missing field stands at what lacks it', () =>
  expect(host('lb1: { }')).toEqual([`zdt.yaml:2:3 hosts.lb1.address: is missing, expected ${address}`]))

test('an empty field', () =>
  expect(host('lb1:')).toEqual(['zdt.yaml:2:7 hosts.lb1: is empty, expected a map with address']))

test('a host with a port', () =>
  expect(host('lb1: { address: 10.0.0.1:22 }')).toEqual([
    `zdt.yaml:2:19 hosts.lb1.address: "10.0.0.1:22" has a port, expected ${address}`,
  ]))

test.each([
  ['10.0.0.300', 'is no IPv4 address'],
  ['10.0.1', 'is no IPv4 address'],
  ['2001:db8:::1', 'is no IPv6 address'],
  ['-oProxyCommand=reboot', 'is no address or host name'],
  ['lb1;reboot', 'is no address or host name'],
  ['lb1 lb2', 'is no address or host name'],
])('a host at %s', (text, mistake) =>
  expect(host(`lb1: { address: "${text}" }`)).toEqual([
    `zdt.yaml:2:19 hosts.lb1.address: "${text}" ${mistake}, expected ${address}`,
  ]),
)

test.each(['10.0.0.1', 'lb1', 'lb1.example.org', '"2001:db8::1"', '"fe80::1%eth0"', 'my_alias', '"::1"'])(
  'a host may be at %s',
  (text) => expect(host(`lb1: { address: ${text} }`)).toEqual([]),
)

test('an address that YAML reads as a number', () =>
  expect(host('lb1: { address: 10.5 }')).toEqual([
    `zdt.yaml:2:19 hosts.lb1.address: is the number 10.5, expected ${address}`,
  ]))

test('a user that ssh would read as an option', () =>
  expect(host('lb1: { address: a, ssh: { user: -oX } }')).toEqual([
    'zdt.yaml:2:35 hosts.lb1.ssh.user: "-oX" is no user name, expected the name of a user',
  ]))

test('a transport that is none', () =>
  expect(host('lb1: { address: a, ssh: { transport: telnet } }')).toEqual([
    'zdt.yaml:2:40 hosts.lb1.ssh.transport: is "telnet", expected ssh or openssh or local',
  ]))

test.each([0, 65536, 22.5])('sshd at port %d', (port) =>
  expect(host(`lb1: { address: a, ssh: { port: ${port} } }`)).toEqual([
    `zdt.yaml:2:35 hosts.lb1.ssh.port: is the number ${port}, expected a whole number from 1 to 65535`,
  ]),
)

test.each(['we b', 'a;b', '-a', '..', '.a', 'a/b', 'ä', 'a\\nb', ''])('a host named %j', (odd) =>
  expect(host(`"${odd}": { address: a }`)).toEqual([
    `zdt.yaml:2:3 hosts.${odd === '-a' ? odd : `"${odd}"`}: is no name, expected ${name}`,
  ]),
)

test('a server named with a space and a command', () =>
  expect(servers('{ "app1; shutdown frontend x": 10.0.0.1:80 }')).toEqual([
    `zdt.yaml:9:16 pools.shop.servers."app1; shutdown frontend x": is no name, expected ${name}`,
  ]))

test('a backend named with a semicolon', () =>
  expect(problemsOf(soundWith('    backend: a;b'))).toEqual([
    `zdt.yaml:10:14 pools.shop.backend: "a;b" is no name, expected ${name}`,
  ]))

test.each([
  ['10.0.0.21', 'has no port'],
  ['10.0.0.21:', 'has no port'],
  ['10.0.0.21:0', 'has the port 0, out of 1–65535'],
  ['10.0.0.21:99999', 'has the port 99999, out of 1–65535'],
  ['10.0.0.21:http', 'has the port http, out of 1–65535'],
  ['10.0.0.999:80', 'is no IPv4 address'],
  [':80', 'has no address'],
  ['2001:db8::21', 'is IPv6 without brackets'],
  ['[2001:db8::21]', 'has no port'],
  ['[nonsense:]:80', 'is no IPv6 address'],
  ['http://10.0.0.21:80', 'is no address and port'],
])('a server at %s', (text, mistake) =>
  expect(servers(`{ app1: "${text}" }`)).toEqual([
    `zdt.yaml:9:22 pools.shop.servers.app1: "${text}" ${mistake}, expected ${endpoint}`,
  ]),
)

test('a server that is only a port', () =>
  expect(servers('{ app1: 8080 }')).toEqual([
    `zdt.yaml:9:22 pools.shop.servers.app1: is the number 8080, expected ${endpoint}`,
  ]))

test('a pool without servers', () =>
  expect(servers('{}')).toEqual(['zdt.yaml:9:14 pools.shop.servers: is empty, expected at least one server']))

test.each(['run/haproxy.sock', '/run/a;b', '/run/a\\nb', '/run/a\\0b'])('a socket at %s', (path) =>
  expect(group(`hosts: [lb1], socket: "${path}"`)).toEqual([
    `zdt.yaml:5:33 haproxy.edge.socket: ${path.endsWith('0b') ? '"/run/a\\u0000b"' : `"${path}"`} is no absolute path, expected ${absolute}`,
  ]),
)

test('a socket longer than the kernel takes', () => {
  const path = `/${'x'.repeat(107)}`
  expect(group(`hosts: [lb1], master_socket: ${path}`)).toEqual([
    `zdt.yaml:5:40 haproxy.edge.master_socket: "/${'x'.repeat(59)}…" is too long for a unix socket, expected ${absolute}`,
  ])
})

test('a unit that systemctl would read as an option', () =>
  expect(group('hosts: [lb1], unit: --now')).toEqual([
    'zdt.yaml:5:31 haproxy.edge.unit: "--now" is no unit, expected the name of a systemd unit',
  ]))

test('a group without hosts', () =>
  expect(group('hosts: []')).toEqual(['zdt.yaml:5:18 haproxy.edge.hosts: is empty, expected at least one host']))

test('a host where a list belongs', () =>
  expect(group('hosts: lb1')).toEqual([
    'zdt.yaml:5:18 haproxy.edge.hosts: is "lb1", expected a list of hosts, such as [lb1, lb2]',
  ]))

test('a variable that JSON cannot say', () =>
  expect(group('hosts: [lb1], vars: { a: .nan }')).toEqual([
    'zdt.yaml:5:36 haproxy.edge.vars.a: is the number NaN, expected text, a number, true, false, null, a list or a map',
  ]))

test.each([
  ['10.0.0.100', 'has no prefix length'],
  ['10.0.0.100/33', 'has the prefix length /33, out of 0–32'],
  ['2001:db8::1/129', 'has the prefix length /129, out of 0–128'],
  ['vip.example.org/24', 'is no IP address with a prefix length'],
])('a VIP of %s', (vip, mistake) =>
  expect(problemsOf(soundWith('keepalived:', `  v: { address: "${vip}", hosts: [lb1] }`))).toEqual([
    `zdt.yaml:11:17 keepalived.v.address: "${vip}" ${mistake}, expected ADDRESS/PREFIX, such as 10.0.0.100/24`,
  ]),
)

test('a probe with a password does not show it', () =>
  expect(problemsOf(soundWith('probe: { url: http://u:secret@vip/ }'))).toEqual([
    'zdt.yaml:10:15 probe.url: has a user or password in it, expected http://HOST/PATH or https://HOST/PATH',
  ]))

test('a probe of another protocol', () =>
  expect(problemsOf(soundWith('probe: { url: ftp://vip/ }'))).toEqual([
    'zdt.yaml:10:15 probe.url: "ftp://vip/" is no such URL, expected http://HOST/PATH or https://HOST/PATH',
  ]))

test('a probe that is a flood', () =>
  expect(problemsOf(soundWith('probe: { url: http://vip/, rate: 5000 }'))).toEqual([
    'zdt.yaml:10:34 probe.rate: is the number 5000, expected a whole number from 1 to 1000',
  ]))

test('environment variables are not expanded', () =>
  expect(host('lb1: { address: $HOME }')).toEqual([
    `zdt.yaml:2:19 hosts.lb1.address: "$HOME" is no address or host name, expected ${address}`,
  ]))
