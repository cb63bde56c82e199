import { expect, test } from 'vitest'
import type { Daemon } from '../../../../src/lib/rendered.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { backupsFirst } from '../../../../src/operations/config/order.ts'
import { batchesOf, type Work } from '../../../../src/operations/config/work.ts'

const work = (host: string, daemon: Daemon, group = 'edge'): Work => ({
  host: host as HostName,
  which: { daemon, unit: daemon, group, config: `/etc/${daemon}` },
  moves: [],
  kept: '',
})
const names = (batches: Work[][]) => batches.map((batch) => batch.map(({ host, which }) => `${which.daemon} ${host}`))
const hosts = (...list: string[]) => new Set(list.map((host) => host as HostName))

test('backups come before the holder of a VIP', () =>
  expect(backupsFirst([work('lb1', 'haproxy'), work('lb2', 'haproxy')], hosts('lb1')).map(({ host }) => host)).toEqual([
    'lb2',
    'lb1',
  ]))

test('nginx before HAProxy before Keepalived, one host after the other', () =>
  expect(
    names(
      batchesOf(
        [work('lb2', 'keepalived'), work('lb2', 'haproxy'), work('lb1', 'haproxy'), work('web1', 'nginx')],
        [{ count: 1 }],
        hosts(),
      ),
    ),
  ).toEqual([['nginx web1'], ['haproxy lb2'], ['haproxy lb1'], ['keepalived lb2']]))

test('nodes that would not take each other’s adverts meanwhile are one batch, the last', () =>
  expect(
    names(
      batchesOf(
        [work('lb2', 'keepalived'), work('lb1', 'keepalived'), work('lb1', 'haproxy')],
        [{ count: 1 }],
        hosts('lb1', 'lb2'),
      ),
    ),
  ).toEqual([['haproxy lb1'], ['keepalived lb2', 'keepalived lb1']]))

test('batches are within a group', () =>
  expect(
    names(batchesOf([work('a', 'nginx'), work('b', 'nginx'), work('c', 'nginx', 'other')], [{ count: 9 }], hosts())),
  ).toEqual([['nginx a', 'nginx b'], ['nginx c']]))
