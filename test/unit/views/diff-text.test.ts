import { expect, test } from 'vitest'
import type { HostName } from '../../../src/lib/types.ts'
import type { ServiceChange } from '../../../src/operations/config/compare.ts'
import { diffText } from '../../../src/views/diff-text.ts'
import { plainPage } from '../../../src/views/page.ts'

const haproxy = (host: string, over: Partial<ServiceChange['files'][number]> = {}): ServiceChange => ({
  host: host as HostName,
  daemon: 'haproxy',
  group: 'edge',
  unit: 'haproxy',
  files: [
    {
      path: '/etc/haproxy/haproxy.cfg',
      live: 'a'.repeat(64),
      wanted: 'b'.repeat(64),
      drift: null,
      diff: ['@@ -1,2 +1,2 @@', ' global', '-    maxconn 1', '+    maxconn 2'],
      ...over,
    },
  ],
})

test('the same difference on several hosts is told once, with what it needs', () => {
  const needs = [{ where: 'global', what: '', need: 'reload' }] as const
  const services = ['lb1', 'lb2'].map((host) => ({ ...haproxy(host), needs }))
  expect(diffText({ fleet: 'main', services, open: [] }, plainPage())).toMatchInlineSnapshot(`
    "lb1, lb2  haproxy/edge  /etc/haproxy/haproxy.cfg
    @@ -1,2 +1,2 @@
     global
    -    maxconn 1
    +    maxconn 2
      reload: global · lb1, lb2
    "
  `)
})

test('of a secret file nothing but its digests; drift is said', () => {
  const services = [haproxy('lb1', { diff: null, drift: 'edited' })]
  expect(diffText({ fleet: 'main', services, open: [] }, plainPage())).toMatchInlineSnapshot(`
    "lb1  haproxy/edge  /etc/haproxy/haproxy.cfg
    ⚠ changed by hand since zdt last wrote it
    changed: sha256 aaaaaaaaaaaa… → bbbbbbbbbbbb…
    "
  `)
})

test('nothing differs', () =>
  expect(diffText({ fleet: 'main', services: [{ ...haproxy('lb1'), files: [] }], open: [] }, plainPage())).toBe(
    '✔ every file is as zdt.yaml says · fleet main · 1 host\n',
  ))
