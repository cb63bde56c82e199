import { expect, test } from 'vitest'
import { parseJump, parseSshConfig, sshTarget } from '../../../src/hosts/ssh-config.ts'

const parsed = (text: string, agent?: string): ReturnType<typeof parseSshConfig> =>
  parseSshConfig(text, '/home/op', agent)

test('ssh -G is read: names, several files, ~ and tokens', () => {
  expect(
    parsed(
      `host lb1
user deploy
hostname 10.0.0.1
port 2222
identityfile ~/.ssh/id_ed25519
identityfile %d/keys/%h-%r-%p
userknownhostsfile ~/.ssh/known_hosts /work/known_hosts
globalknownhostsfile /etc/ssh/ssh_known_hosts
hostkeyalias Blue
proxyjump op@bastion:2200,inner
connecttimeout 7
identitiesonly yes
stricthostkeychecking false
`,
      '/run/agent',
    ),
  ).toEqual({
    hostname: '10.0.0.1',
    port: 2222,
    user: 'deploy',
    identityFiles: ['/home/op/.ssh/id_ed25519', '/home/op/keys/10.0.0.1-deploy-2222'],
    identitiesOnly: true,
    agent: '/run/agent',
    knownHostsFiles: ['/home/op/.ssh/known_hosts', '/work/known_hosts', '/etc/ssh/ssh_known_hosts'],
    hostKeyAlias: 'Blue',
    jumps: ['op@bastion:2200', 'inner'],
    proxyCommand: undefined,
    connectTimeout: 7000,
  })
})

test('none is none', () => {
  const config = parsed(
    'hostname h\nport 22\nuser u\nproxyjump none\nproxycommand none\nconnecttimeout none\nuserknownhostsfile none\nidentityagent none\nidentityfile none\n',
    '/run/agent',
  )
  expect(config).toMatchObject({ jumps: [], agent: undefined, identityFiles: [], knownHostsFiles: [] })
  expect([config.proxyCommand, config.connectTimeout]).toEqual([undefined, undefined])
})

test('a ProxyCommand is told', () => {
  expect(parsed('hostname h\nproxycommand nc -X 5 %h %p\n').proxyCommand).toBe('nc -X 5 %h %p')
})

test('an IdentityAgent goes before the environment', () => {
  expect(parsed('identityagent ~/.1password/agent.sock\n', '/run/agent').agent).toBe('/home/op/.1password/agent.sock')
  expect(parsed('identityagent SSH_AUTH_SOCK\n', '/run/agent').agent).toBe('/run/agent')
})

test.each([
  ['bastion', { address: 'bastion' }],
  ['op@bastion', { address: 'bastion', user: 'op' }],
  ['op@corp@bastion:2200', { address: 'bastion', user: 'op@corp', port: 2200 }],
  ['ssh://op@bastion:2200/', { address: 'bastion', user: 'op', port: 2200 }],
  ['[fe80::1]:2200', { address: 'fe80::1', port: 2200 }],
  ['op@fe80::1', { address: 'fe80::1', user: 'op' }],
])('a jump %s', (text, jump) => {
  expect(parseJump(text)).toEqual(jump)
})

test('an address never becomes an option', () => {
  expect(sshTarget('-oProxyCommand=id', { port: 2222, user: 'deploy' })).toEqual([
    '-p',
    '2222',
    '-l',
    'deploy',
    '--',
    '-oProxyCommand=id',
  ])
})
