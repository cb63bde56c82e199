import { expect, test } from 'vitest'
import { versionSaid } from '../../../src/daemons/reading-version.ts'

test.each([
  ['HAProxy version 3.0.11-1+deb13u3 2026/05/20 - https://haproxy.org/\nStatus: long-term\n', '3.0.11'],
  ['HA-Proxy version 2.2.9-2+deb11u6 2023/12/08\n', '2.2.9'],
  ['nginx version: nginx/1.22.1\n', '1.22.1'],
  ['nginx version: openresty/1.25.3.1\n', '1.25.3.1'],
  ['Keepalived v2.3.3 (03/30,2025)\n\nCopyright(C) 2001-2025\n', '2.3.3'],
  ['sh: 1: exec: nginx: not found\n', undefined],
])('%j', (said, version) => {
  expect(versionSaid(said)).toBe(version)
})
