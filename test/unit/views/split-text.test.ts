import { expect, test } from 'vitest'
import type { SplitReport } from '../../../src/operations/split/report.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { plainPage } from '../../../src/views/page.ts'
import { splitText } from '../../../src/views/split-text.ts'

const page = plainPage(72)
const on = (host: string, share: number) => ({
  host: host as HostName,
  rules: { rules: [{ by: 'header' as const, key: 'beta', to: 'b' as const }], share },
  odd: [],
})
const shop: SplitReport = {
  name: 'shop',
  balancer: 'haproxy/edge',
  header: 'x-shop',
  cookie: null,
  shareBy: 'cookie session',
  hosts: [on('lb1', 10), on('lb2', 10)],
  pools: [
    { variant: 'a', pool: 'shop', up: 2, of: 2, answered: { answers: 12_345, errors: 3, took: 12 } },
    { variant: 'b', pool: 'shop-b', up: null, of: 1, answered: null },
  ],
}

test('who goes where, and how they answer', () => {
  expect(splitText({ splits: [shop], runs: [] }, page)).toBe(`shop   haproxy/edge on lb1, lb2
  header x-shop: beta → b
  network: nothing
  share: 10 % of the others → b, by cookie session
      pool     up       answers   errors       took
  a   shop     2 of 2   12345     3 (0.02 %)   12 ms
  b   shop-b   ? of 1
`)
})

test('balancers that do not agree, and one that does not go by its files', () => {
  const told = splitText(
    { runs: [], splits: [{ ...shop, hosts: [on('lb1', 10), { ...on('lb2', 0), odd: ['lb2 is odd'] }] }] },
    page,
  )
  expect(told).toMatch(/⚠ on lb1\n.*\n.*\n {2}share: 10 %.*\n {2}⚠ on lb2\n.*\n.*\n {2}share: 0 %/)
  expect(told).toContain('⚠ lb2 is odd')
  expect(told).toContain('zdt split set shop --like lb1')
})

test('no split', () => {
  expect(splitText({ splits: [], runs: [] }, page)).toBe('no split in zdt.yaml\n')
})
