import { expect, test } from 'vitest'
import type { HostName } from '../../../src/lib/types.ts'
import type { StaleReport } from '../../../src/operations/stale-report.ts'
import { plainPage } from '../../../src/views/page.ts'
import { staleText } from '../../../src/views/stale-text.ts'

const now = Date.UTC(2026, 0, 2)
const libssl = { path: '/usr/lib/x86_64-linux-gnu/libssl.so.3', package: 'libssl3', installed: '3.5.7' }
const daemon = { processes: 3, stale: 0, leaving: false, gone: [] } as const
const report: StaleReport = {
  fleet: 'prod',
  hosts: [
    {
      host: 'lb1' as HostName,
      daemons: [
        { ...daemon, daemon: 'haproxy', unit: 'haproxy', stale: 1, leaving: true, gone: [libssl] },
        { ...daemon, daemon: 'keepalived', unit: 'keepalived' },
      ],
      waiting: [],
    },
    {
      host: 'web1' as HostName,
      daemons: [
        { ...daemon, daemon: 'nginx', unit: 'nginx', stale: 3, gone: [libssl, { path: '/usr/local/lib/mod_x.so' }] },
      ],
      waiting: [{ package: 'nginx', installed: '1.26.3-3', candidate: '1.26.3-4' }],
      listsAt: now - 7_200_000,
    },
    { host: 'web2' as HostName, daemons: [{ ...daemon, daemon: 'nginx', unit: 'nginx', processes: 0 }], waiting: [] },
    { host: 'web3' as HostName, daemons: [], waiting: [], error: { message: 'web3: no route', code: 'unreachable' } },
  ],
}

test('what an update has replaced, whose it is, and what waits', () =>
  expect(staleText(report, plainPage(), now)).toBe(
    [
      'lb1    haproxy: 1 of 3 processes run what is no longer on disk, and end with',
      '       their connections',
      '         libssl.so.3, of which libssl3 3.5.7 lies there now',
      '       keepalived: runs what lies on disk',
      'web1   ⚠ nginx: 3 of 3 processes run what is no longer on disk',
      '         libssl.so.3, of which libssl3 3.5.7 lies there now',
      '         mod_x.so',
      '       updates wait, by apt’s lists of 2 h ago: nginx 1.26.3-3 → 1.26.3-4',
      'web2   nginx: not running',
      'web3   ✖ web3: no route',
      '',
      'zdt refresh web1',
      '',
    ].join('\n'),
  ))
