import { expect, test } from 'vitest'
import type { HostName } from '../../../src/lib/types.ts'
import { askFreshCheck } from '../../../src/steps/haproxy/ask-fresh-check.ts'
import { setServerState } from '../../../src/steps/haproxy/set-state.ts'
import { setServerWeight } from '../../../src/steps/haproxy/set-weight.ts'
import { startNewMaster } from '../../../src/steps/nginx/start-new-master.ts'

const host = 'lb1' as HostName
const socket = '/run/haproxy/admin.sock'
const seat = {
  host,
  socket,
  masterSocket: '/run/haproxy-master.sock',
  pool: 'shop',
  backend: 'shop',
  server: 'app2',
  address: '10.0.0.22',
  port: 8080,
}
const told = (what: string) => `echo 'set server shop/app2 ${what}' | sudo socat - UNIX-CONNECT:${socket}`

test('by hand, a server gets the state that was found, from maintenance by way of drain', () => {
  expect(setServerState.describeUndo({ seat, state: 'drain' }, { admin: 'ready', serving: true }, host)).toEqual([
    told('state ready'),
  ])
  expect(setServerState.describeUndo({ seat, state: 'ready' }, { admin: 'maint', serving: false }, host)).toEqual([
    told('state maint'),
  ])
  expect(setServerState.describeUndo({ seat, state: 'maint' }, { admin: 'ready', serving: true }, host)).toEqual([
    told('state drain'),
    `${told('state ready')}   # once zdt status shows a passing check`,
  ])
})

test('by hand, what asking for a fresh check has taken out of maintenance goes back there; from drain nothing is to do', () => {
  expect(askFreshCheck.describeUndo({ seat }, { admin: 'maint' }, host)).toEqual([told('state maint')])
  expect(askFreshCheck.describeUndo({ seat }, { admin: 'drain' }, host)).toEqual([])
})

test.each([
  [{ weight: 100, initialWeight: 100 }, '100%'],
  [{ weight: 0, initialWeight: 100 }, '0%'],
  [{ weight: 25, initialWeight: 100 }, '25'],
])('by hand, a server gets the weight that was found: %j', (found, weight) => {
  expect(setServerWeight.describeUndo({ seat, weight: '50%' }, found, host)).toEqual([told(`weight ${weight}`)])
})

test('by hand, the way back names the very master', () => {
  const place = { unit: 'nginx.service', target: '/usr/sbin/nginx', backup: '/usr/sbin/nginx.zdt-7K2Q9X' }
  const old = { pid: 812, startTicks: 1, boot: 'b1', inode: '8:1', version: '1.22.1', workers: 2 }
  const lines = startNewMaster.describeUndo({ ...place, version: '1.26.3' }, { old, log: null, runs: false }, host)
  expect(lines).toEqual([
    "ps -o args= -p 812 | grep -q '^nginx: master' && ! pgrep -P 812 -xf 'nginx: worker process' > /dev/null && sudo kill -HUP 812; sleep 2   # nginx 1.22.1 gets its workers again",
    "ps -o args= -p 812 | grep -q '^nginx: master' && pgrep -P 812 -xf 'nginx: worker process' > /dev/null && sudo kill -QUIT $(pgrep -P 812 -f '^nginx: master process')   # the new one ends",
  ])
})
