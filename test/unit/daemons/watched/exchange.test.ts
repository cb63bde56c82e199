import { expect, test } from 'vitest'
import { exchangeBinary } from '../../../../src/daemons/watched/exchange.ts'

test('systemd, which replaces $words, is told each $ twice', () => {
  const place = { unit: 'haproxy', target: '/opt/$ha/haproxy', backup: '/opt/$ha/haproxy.zdt-7K2Q9X' }
  const master = { pid: 60, startTicks: 812 }
  const what = { staged: '/opt/$ha/haproxy.zdt-new-7K2Q9X', run: '7K2Q9X', master, restarts: 1, watched: 90_500 }
  const [, , , , target, , , watchdog, script = '', ...words] = exchangeBinary(place, what)
  expect([target, watchdog]).toEqual(['/opt/$ha/haproxy', 'zdt-watchdog-7K2Q9X.service'])
  expect(script.replaceAll('$$', '')).not.toContain('$')
  expect(words).toEqual([
    'zdt-watchdog',
    '/opt/$$ha/haproxy',
    '/opt/$$ha/haproxy.zdt-7K2Q9X',
    'haproxy',
    '60',
    '812',
    '1',
    '91',
  ])
})
