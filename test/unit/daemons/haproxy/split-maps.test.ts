import { expect, test } from 'vitest'
import { parseMap, parseMaps, showMap } from '../../../../src/daemons/haproxy/maps.ts'
import { entriesOf, mapText, parseMapText, rulesOf } from '../../../../src/daemons/haproxy/split-maps.ts'
import { mapsOf, type Rules } from '../../../../src/lib/split-rules.ts'

const rules: Rules = {
  rules: [
    { by: 'header', key: 'beta', to: 'b' },
    { by: 'cookie', key: 'old', to: 'a' },
    { by: 'source', key: '2001:db8::/48', to: 'b' },
  ],
  share: 1250,
}

test('what is said in its files is what they say', () => {
  const maps = mapsOf({ header: 'x-shop', cookie: 'shop' })
  expect(maps).toEqual(['header', 'cookie', 'source', 'share'])
  const read = maps.map((map) => [map, parseMapText(mapText('shop', entriesOf(rules, map)))] as const)
  expect(rulesOf(new Map(read))).toEqual({ rules, odd: 0 })
})

test('lines that are no rules are counted and left out', () => {
  const maps = new Map([
    ['header', [{ key: 'x', value: 'shop-b' }]],
    ['share', [{ key: 'share', value: '20000' }]],
  ] as const)
  expect(rulesOf(maps)).toEqual({ rules: { rules: [], share: 0 }, odd: 2 })
})

test('as 2.6 and 3.0 show maps', () => {
  expect(
    parseMaps(`# id (file) description
0 (/etc/haproxy/splits/shop.header.map) pattern loaded from file '/etc/haproxy/splits/shop.header.map' used by map at file 'c.cfg' line 10. curr_ver=0 next_ver=0 entry_cnt=0
-1 (/etc/haproxy/other.map) pattern loaded from file '/etc/haproxy/other.map' used by map at file 'c.cfg' line 12. curr_ver=0 next_ver=0 entry_cnt=1
`),
  ).toEqual(['/etc/haproxy/splits/shop.header.map', '/etc/haproxy/other.map'])
  expect(parseMap('0x7f7d9dea4180 10.2.0.0/16 b\n0x55c3975ff310 fd00::/8 a\n')).toEqual([
    { key: '10.2.0.0/16', value: 'b' },
    { key: 'fd00::/8', value: 'a' },
  ])
})

test('a path that would end its command is never said', () => {
  expect(() => showMap('/etc/a b.map')).toThrow('cannot be said')
  expect(() => showMap('/etc/a;quit')).toThrow('cannot be said')
})
