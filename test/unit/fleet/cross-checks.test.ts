import { expect, test } from 'vitest'
import { problemsOf, sound, soundWith } from './problems-of.ts'

test('a balancer that is not there, with the nearest', () =>
  expect(problemsOf(sound.replace('haproxy/edge', 'haproxy/egde'))).toEqual([
    'zdt.yaml:8:15 pools.shop.balancer: there is no balancer haproxy/egde, expected haproxy/edge',
  ]))

test('a balancer of the other kind', () =>
  expect(problemsOf(sound.replace('haproxy/edge', 'nginx/web'))).toEqual([
    'zdt.yaml:8:15 pools.shop.balancer: there is no balancer nginx/web, expected one of haproxy/edge',
  ]))

test('a host in a group that is not in hosts', () =>
  expect(problemsOf(sound.replace('[lb1, lb2]', '[lb1, lb3]'))).toEqual([
    'zdt.yaml:5:24 haproxy.edge.hosts[1]: there is no host lb3, expected lb1 or lb2',
  ]))

test('a host twice in a group', () =>
  expect(problemsOf(sound.replace('[lb1, lb2]', '[lb1, lb1]'))).toEqual([
    'zdt.yaml:5:24 haproxy.edge.hosts[1]: lb1 is in this list already, expected once',
  ]))

test('two hosts at one address', () =>
  expect(problemsOf(sound.replace('10.0.0.12', '10.0.0.11'))).toEqual([
    'zdt.yaml:3:19 hosts.lb2.address: 10.0.0.11 is the address of lb1 already, expected one of its own',
  ]))

test('two hosts at one IPv6 address, spelled differently', () =>
  expect(
    problemsOf('hosts:\n  a: { address: "2001:db8:0::1" }\n  b: { address: c, other_addresses: ["2001:DB8::1"] }\n'),
  ).toEqual([
    'zdt.yaml:3:38 hosts.b.other_addresses[0]: 2001:DB8::1 is the address of a already, expected one of its own',
  ]))

test('more servers wanted than there are', () =>
  expect(problemsOf(soundWith('    min_available: 3'))).toEqual([
    'zdt.yaml:10:20 pools.shop.min_available: is 3 with 2 servers, expected at most 2',
  ]))

test('the default of min_available with every server', () =>
  expect(problemsOf(soundWith('    min_available: 2'))).toEqual([]))

test('two pools for one backend', () =>
  expect(
    problemsOf(soundWith('  other:', '    { backend: shop, balancer: haproxy/edge, servers: { a: b:1 } }')),
  ).toEqual([
    'zdt.yaml:10:3 pools.other: has the backend of pools.shop on haproxy/edge, expected one pool for one backend',
  ]))

test('two servers of a pool at one place', () =>
  expect(problemsOf(sound.replace('10.0.0.22', '10.0.0.21'))).toEqual([
    'zdt.yaml:9:44 pools.shop.servers.app2: is where app1 listens already, expected a place of its own',
  ]))

test('names that JavaScript knows are names like others', () => {
  expect(problemsOf('hosts:\n  constructor: { address: a }\n  toString: { address: b }\n')).toEqual([])
  expect(problemsOf('hosts:\n  __proto__: { address: a }\n')).toEqual([
    'zdt.yaml:2:3 hosts.__proto__: is no name, expected letters, digits and . _ : - with a letter or digit first',
  ])
})

test('mistakes of every sort are all told at once, in the order of the file', () => {
  const yaml = `hosts:
  lb1: { address: 10.0.0.11, adress: x }
  lb1: { address: 10.0.0.11 }
haproxy:
  edge: { hosts: [lb2], sockte: /run/x }
pools:
  shop: { balancer: haproxy/egde, servers: { app1: 10.0.0.21 }, min_available: 2 }
`
  expect(problemsOf(yaml)).toEqual([
    'zdt.yaml:3:3 hosts.lb1: is there twice, expected once',
    'zdt.yaml:5:19 haproxy.edge.hosts[0]: there is no host lb2, expected lb1',
    'zdt.yaml:5:25 haproxy.edge.sockte: is not known, expected socket',
    'zdt.yaml:7:21 pools.shop.balancer: there is no balancer haproxy/egde, expected haproxy/edge',
    'zdt.yaml:7:52 pools.shop.servers.app1: "10.0.0.21" has no port, expected ADDRESS:PORT, such as 10.0.0.21:8080 or [2001:db8::21]:8080',
    'zdt.yaml:7:80 pools.shop.min_available: is 2 with 1 server, expected at most 1',
  ])
})

const withGroups = (...lines: string[]) =>
  `hosts:\n  lb1: { address: 10.0.0.1 }\n  lb2: { address: 10.0.0.2 }\n${lines.join('\n')}\n`

test('two groups that would write one file of a host', () =>
  expect(
    problemsOf(withGroups('haproxy:', '  a: { hosts: [lb1] }', '  b: { hosts: [lb2] }', '  c: { hosts: [lb2, lb1] }')),
  ).toEqual([
    'zdt.yaml:7:3 haproxy.c.config: /etc/haproxy/haproxy.cfg on lb1 is haproxy.a’s already, expected a place of its own',
  ]))

test('a file that is the main one already', () =>
  expect(
    problemsOf(withGroups('nginx:', '  web: { hosts: [lb1], files: { /etc/nginx/nginx.conf: { source: x } } }')),
  ).toEqual([
    'zdt.yaml:5:33 nginx.web.files."/etc/nginx/nginx.conf": /etc/nginx/nginx.conf on lb1 is nginx.web’s already, expected a place of its own',
  ]))

test('VIPs on one host are one Keepalived’s, which has one template', () => {
  const vips = (more: string) =>
    withGroups(
      'keepalived:',
      '  a: { address: 10.0.0.8/24, hosts: [lb1, lb2] }',
      `  b: { address: 10.0.0.9/24, hosts: [lb2, lb1]${more} }`,
    )
  expect(problemsOf(vips(''))).toEqual([])
  expect(problemsOf(vips(', template: other.hbs'))).toEqual([
    'zdt.yaml:6:3 keepalived.b.config: /etc/keepalived/keepalived.conf on lb1 is keepalived.a’s too, expected the same template or another config',
  ])
})

test.each(['etc/x', '/etc/../x', '/', '/etc//x', '/etc/x/', '/e;x'])('%s is no file of a host', (path) =>
  expect(problemsOf(withGroups('nginx:', `  web: { hosts: [lb1], files: { "${path}": { source: x } } }`))).toEqual([
    expect.stringContaining(
      'is no such path, expected the absolute path of a file on the host, without . and .. in it',
    ),
  ]),
)

test('a file from nowhere, from two places, and with a mode that YAML takes for a number', () =>
  expect(
    problemsOf(
      withGroups(
        'nginx:',
        '  web:',
        '    hosts: [lb1]',
        '    files: { /a: { mode: "0600" }, /b: { source: x, template: y }, /c: { source: x, mode: 0640 } }',
      ),
    ),
  ).toEqual([
    'zdt.yaml:7:18 nginx.web.files."/a": has none of source, template, expected one of them',
    'zdt.yaml:7:40 nginx.web.files."/b": has source and template, expected one of them',
    'zdt.yaml:7:91 nginx.web.files."/c".mode: is the number 640, expected octal permissions in quotes, such as \'0640\'',
  ]))

test('secrets from nowhere, of a name that is none, from a command of no word', () =>
  expect(
    problemsOf(withGroups('secrets:', '  a: {}', '  "b c": { env: B }', '  d: { command: [] }', '  e: { env: 1X }')),
  ).toEqual([
    'zdt.yaml:5:6 secrets.a: has none of env, file, command, expected one of them',
    'zdt.yaml:6:3 secrets."b c": is no name, expected letters, digits and . _ : - with a letter or digit first',
    'zdt.yaml:7:17 secrets.d.command: is empty, expected a command',
    'zdt.yaml:8:13 secrets.e.env: "1X" is no name, expected the name of an environment variable',
  ]))
