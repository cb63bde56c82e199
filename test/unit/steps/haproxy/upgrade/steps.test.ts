import { expect, test } from 'vitest'
import type { HostName } from '../../../../../src/lib/types.ts'
import { refuseLost } from '../../../../../src/steps/probe-lost.ts'
import { exchangeHaproxy } from '../../../../../src/steps/haproxy/upgrade/exchange.ts'
import { refuseUpgrade } from '../../../../../src/steps/haproxy/upgrade/fit.ts'
import { binary, family, seen } from '../../../daemons/haproxy/pictured.ts'

const host = 'lb1' as HostName

test('what systemd would start must be what the master executes', () => {
  const elsewhere = { ...family.unit, execPath: '/opt/haproxy/sbin/haproxy' }
  expect(refuseUpgrade(seen(342, 3))).toEqual([])
  const [refusal] = refuseUpgrade(seen(342, 3, { unit: elsewhere }))
  expect(refusal).toMatchObject({
    code: 'exec-path',
    message: `the master executes ${binary.path}, but haproxy.service would start /opt/haproxy/sbin/haproxy`,
  })
})

test('by hand, the watchdog ends first; then the file, the re-exec, the kept name', () => {
  const input = {
    unit: 'haproxy',
    target: '/usr/sbin/haproxy',
    backup: '/usr/sbin/haproxy.zdt-7K2Q9X',
    comes: { staged: '/usr/sbin/haproxy.zdt-new-7K2Q9X', sha256: 'ab' },
    version: '3.0.11',
    config: '/etc/haproxy/haproxy.cfg',
    socket: '/run/haproxy/admin.sock',
    run: '7K2Q9X',
    watched: 90_000,
  }
  const found = { running: seen(342, 3), sha256: 'cd', state: { columns: [], servers: [] } }
  expect(exchangeHaproxy.describeUndo(input, found, host)).toEqual([
    'sudo systemctl stop zdt-watchdog-7K2Q9X.service || true',
    'test /usr/sbin/haproxy.zdt-7K2Q9X -ef /usr/sbin/haproxy || { sudo ln -fT /usr/sbin/haproxy.zdt-7K2Q9X /usr/sbin/haproxy.zdt-back && sudo mv -fT /usr/sbin/haproxy.zdt-back /usr/sbin/haproxy; }',
    "sudo sh -c 'kill -USR2 $(systemctl show -p MainPID --value haproxy)' || sudo systemctl start haproxy",
    'sudo rm -f /usr/sbin/haproxy.zdt-7K2Q9X',
  ])
})

test.each([
  [{ lost: 0, allowed: 0 }, undefined],
  [{ lost: 3, allowed: 3 }, undefined],
  [{ lost: 1, allowed: 0 }, 'the probe has lost 1 request since then, more than --max-lost 0'],
  [undefined, undefined],
])('the probe as a gate: %j', (lost, message) => {
  const on = { host: { name: host }, lost: () => lost } as unknown as Parameters<typeof refuseLost>[0]
  const judged = () => refuseLost(on)
  if (message === undefined) expect(judged).not.toThrow()
  else expect(judged).toThrow(message)
})
