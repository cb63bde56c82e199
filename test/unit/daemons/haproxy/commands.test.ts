import { describe, expect, test } from 'vitest'
import * as say from '../../../../src/daemons/haproxy/commands.ts'
import { UnfitForCli } from '../../../../src/daemons/haproxy/errors.ts'

const seat = { backend: 'shop', server: 'app2' }

describe('commands are text, as an operator would type them', () => {
  test.each([
    [say.setState(seat, 'drain'), 'set server shop/app2 state drain'],
    [say.setWeight(seat, 0), 'set server shop/app2 weight 0'],
    [say.setWeight(seat, '50%'), 'set server shop/app2 weight 50%'],
    [say.setHealth(seat, 'down'), 'set server shop/app2 health down'],
    [say.disableAgent(seat), 'disable agent shop/app2'],
    [say.enableAgent(seat), 'enable agent shop/app2'],
    [say.disableHealth(seat), 'disable health shop/app2'],
    [say.enableHealth(seat), 'enable health shop/app2'],
    [say.setAddress(seat, { address: '10.0.0.9', port: 81 }), 'set server shop/app2 addr 10.0.0.9 port 81'],
    [say.addServer(seat, ['10.0.0.9:81', 'check', 'weight', '5']), 'add server shop/app2 10.0.0.9:81 check weight 5'],
    [say.addServer(seat, ['[2001:db8::9]:81']), 'add server shop/app2 [2001:db8::9]:81'],
    [say.delServer(seat), 'del server shop/app2'],
    [say.shutdownSessions(seat), 'shutdown sessions server shop/app2'],
    [say.showServersState(), 'show servers state'],
    [say.showServersState('shop'), 'show servers state shop'],
    [say.showStat(), 'show stat -1 6 -1'],
    [say.showStat('shop'), 'show stat shop 6 -1'],
    [say.showServersConn('shop'), 'show servers conn shop'],
    [say.showSess(), 'show sess'],
    [say.showSess('0x7fb73404e040'), 'show sess 0x7fb73404e040'],
    [say.shutdownSession('0x7fb73404e040'), 'shutdown session 0x7fb73404e040'],
    [say.toWorker(8841, say.showInfo()), '@!8841 show info'],
  ])('%s', (built, typed) => expect(built).toBe(typed))
})

describe('nothing that is not a name reaches the CLI', () => {
  test.each(['app2;shutdown sessions server shop/app1', 'app 2', 'app2\nquit', 'app2\\', '', 'app/2', "app'2", 'äpp'])(
    'server %j',
    (server) => expect(() => say.setState({ backend: 'shop', server }, 'drain')).toThrow(UnfitForCli),
  )
  test.each(['shop;x', '-1 4 -1', 'a b', ''])('backend %j', (backend) =>
    expect(() => say.showStat(backend)).toThrow(UnfitForCli),
  )
  test.each([257, -1, 1.5, Number.NaN, '1000%', '%'])('weight %j', (weight) =>
    expect(() => say.setWeight(seat, weight as number)).toThrow(UnfitForCli),
  )
  test.each(['0x1;quit', 'all', '12'])('session %j', (id) => expect(() => say.showSess(id)).toThrow(UnfitForCli))
  test.each(['a b', '10.0.0.1:80;quit', 'x\ny', '', '\\', '"q"'])('word %j of a server that is added', (word) =>
    expect(() => say.addServer(seat, [word])).toThrow(UnfitForCli),
  )
  test.each(['app.example.org', '10.0.0.1 port 1', '10.0.0.1;quit'])('address %j', (address) =>
    expect(() => say.setAddress(seat, { address, port: 80 })).toThrow(UnfitForCli),
  )
  test.each([0, -1, 1.5, Number.NaN])('pid %j', (pid) =>
    expect(() => say.toWorker(pid, 'show info')).toThrow(UnfitForCli),
  )
})

test.each([
  ['show info', 'user'],
  ['show servers state', 'user'],
  ['show sess 0x1', 'operator'],
  ['@!12 show sess', 'operator'],
  ['set server shop/app2 state drain', 'admin'],
  ['@!12 shutdown sessions server shop/app2', 'admin'],
] as const)('%s needs level %s', (command, level) => expect(say.levelFor(command)).toBe(level))

test.each([
  ['New server registered.', true],
  ['Server deleted.', true],
  ["IP changed from '10.77.0.22' to '10.77.0.23' by 'stats socket command'", true],
  ["IP changed from '10.77.0.22' to '10.77.0.23', no need to change the port by 'stats socket command'", true],
  ["no need to change the addr, port changed from '8080' to '8088' by 'stats socket command'", true],
  ["no need to change the addr, no need to change the port by 'stats socket command'", true],
  ['nothing changed', true],
  ['Transaction created for certificate /etc/haproxy/shop.pem!', true],
  ['Committing /etc/haproxy/shop.pem.\nSuccess!', true],
  [
    "inconsistencies between private key and certificate loaded '/etc/haproxy/shop.pem'.\nCan't commit /etc/haproxy/shop.pem!",
    false,
  ],
  ['Only servers in maintenance mode can be deleted.', false],
  ["'cookie' option is not accepted for dynamic server", false],
  ['unable to enable checks and tracking at the same time!', false],
  ['No such server.', false],
])('a talkative order, by its words on 2.6 and 3.0: %s', (said, took) => expect(say.tookByWords(said)).toBe(took))

test.each([
  ['add server shop/a 10.0.0.1:80', true],
  ['@!12 del server shop/a', true],
  ['set server shop/a addr 10.0.0.1 port 80', true],
  ['set server shop/a state drain', false],
  ['enable health shop/a', false],
])('%s talks when it succeeds: %j', (command, talks) => expect(say.isTalkative(command)).toBe(talks))
