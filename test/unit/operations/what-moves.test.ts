import { expect, test } from 'vitest'
import type { Instance } from '../../../src/daemons/keepalived/parse-dump.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { whatMoves } from '../../../src/operations/what-moves.ts'
import type { WayToMove } from '../../../src/operations/way-to-move.ts'
import type { VipNode, VipReport } from '../../../src/steps/vip/vip-report.ts'
import { anInstance } from './instance.ts'

const [lb1, lb2, lb3] = ['lb1', 'lb2', 'lb3'] as readonly string[] as [HostName, HostName, HostName]
const path = '/etc/keepalived/priority'
const tracked = [{ name: 'priority', path, status: 0, weight: 1 }]

function instance(number: number, state: string, total: number, more: Partial<Instance> = {}): Instance {
  const address = `10.0.0.${number}`
  const device = more.device ?? 'eth0'
  return anInstance({
    name: `vip${number}`,
    state,
    device,
    routerId: number,
    base: total,
    effective: total,
    total,
    addresses: [address],
    devices: { [address]: device },
    ...more,
  })
}

function node(host: HostName, [own, ...others]: readonly Instance[]): VipNode {
  return {
    host,
    heldBy: null,
    keepalived: 'running',
    ...(own && { instance: own }),
    others,
    connections: 0,
    handOff: false,
  }
}

function report(...nodes: readonly VipNode[]): VipReport {
  const rest = { holders: [lb1], segment: [], troubles: [], at: 0, took: 0 }
  return { name: 'public', address: '10.0.0.1', prefix: 24, state: 'held', nodes, ...rest }
}

const lowered: WayToMove = {
  by: 'priority',
  shifts: [{ host: lb1, path, status: -60, priority: 90 }],
  takes: 0,
  cost: '',
}
const stopped: WayToMove = { by: 'stop', again: true, takes: 0, cost: '' }

const pair = (lb1s: readonly Instance[], lb2s: readonly Instance[]) => report(node(lb1, lb1s), node(lb2, lb2s))
const master = (number: number, more?: Partial<Instance>) => instance(number, 'MASTER', 150, more)
const backup = (number: number, more?: Partial<Instance>) => instance(number, 'BACKUP', 100, more)
const file = { trackFiles: tracked }

const of = (number: number) => ({ address: `10.0.0.${number}`, giving: 'eth0', taking: 'eth0' })

test('an instance that nothing ties to it stays', () => {
  const seen = pair([master(1, file), master(2)], [backup(1, file), backup(2)])
  expect(whatMoves(seen, lb1, lb2, lowered)).toEqual({ moving: [of(1)], because: [] })
})

test('all addresses of its own instance', () => {
  const two = { addresses: ['10.0.0.1', '10.0.0.9'] }
  expect(
    whatMoves(pair([master(1, { ...file, ...two })], [backup(1, { ...file, ...two })]), lb1, lb2, lowered),
  ).toEqual({
    moving: [of(1), of(9)],
    because: ['10.0.0.9 moves with it: one instance (vip1)'],
  })
})

test('one with the same track file moves along, unless its priority stays the higher', () => {
  const seen = pair(
    [master(1, file), master(2, file), master(3, { ...file, total: 200 })],
    [backup(1, file), backup(2, file), backup(3, file)],
  )
  expect(whatMoves(seen, lb1, lb2, lowered)).toEqual({
    moving: [of(1), of(2)],
    because: ['10.0.0.2 moves with it: the same track file'],
  })
})

test('or the other has nopreempt', () => {
  const seen = pair([master(1, file), master(2, file)], [backup(1, file), backup(2, { ...file, preempt: false })])
  expect(whatMoves(seen, lb1, lb2, lowered)).toMatchObject({ moving: [of(1)] })
})

test('raised on the new holder, it takes what its file ranks higher', () => {
  const low = { total: 90, trackFiles: [{ name: 'priority', path, status: -60, weight: 1 }] }
  const seen = pair([master(1, { total: 100 }), master(2, { total: 100 })], [backup(1, low), backup(2, low)])
  const raised: WayToMove = { ...lowered, shifts: [{ host: lb2, path, status: 0, priority: 150 }] }
  expect(whatMoves(seen, lb1, lb2, raised)).toMatchObject({ moving: [of(1), of(2)] })
})

test('a sync group moves as a whole, each member by its own interface', () => {
  const group = { syncGroup: 'both' }
  const seen = pair(
    [master(1, { ...file, ...group }), master(2, { ...group, device: 'eth1' })],
    [backup(1, { ...file, ...group }), backup(2, { ...group, device: 'bond0' })],
  )
  expect(whatMoves(seen, lb1, lb2, lowered)).toEqual({
    moving: [of(1), { address: '10.0.0.2', giving: 'eth1', taking: 'bond0' }],
    because: ['10.0.0.2 moves with it: one sync group (both)'],
  })
})

test('a stop gives all away', () => {
  const seen = pair([master(1), master(2), backup(3)], [backup(1), backup(2), master(3)])
  expect(whatMoves(seen, lb1, lb2, stopped)).toEqual({
    moving: [of(1), of(2)],
    because: ['10.0.0.2 moves with it: Keepalived is stopped as a whole'],
  })
})

test.each([
  ['not there', [backup(1)], 'vip2 would move with it, and lb2 has no such instance'],
  ['at fault', [backup(1), instance(2, 'FAULT', 100)], 'vip2 would move with it, and is FAULT there'],
])('refused where what would move along is %s', (_, lb2s, refused) => {
  expect(whatMoves(pair([master(1), master(2)], lb2s), lb1, lb2, stopped)).toEqual({ refused })
})

test('refused where a third host would lose another by it', () => {
  const seen = report(
    node(lb1, [master(1, file)]),
    node(lb2, [backup(1, file)]),
    node(lb3, [backup(1, { ...file, total: 120 }), master(2, file)]),
  )
  const both: WayToMove = {
    ...lowered,
    shifts: [...(lowered.by === 'priority' ? lowered.shifts : []), { host: lb3, path, status: -30, priority: 90 }],
  }
  expect(whatMoves(seen, lb1, lb2, both)).toEqual({
    refused: 'lb3 holds vip2, and the same track file would lower that as well',
  })
})
