import { expect, test } from 'vitest'
import { problemsOf, sound } from './problems-of.ts'

const indentation = 'the indentation fits nothing above, expected it to line up with its neighbours'

test('an empty file', () => expect(problemsOf('')).toEqual(['zdt.yaml:1:1: is empty, expected a map with hosts']))

test('a file of comments', () =>
  expect(problemsOf('# soon\n')).toEqual(['zdt.yaml:1:1: is empty, expected a map with hosts']))

test('a list', () => expect(problemsOf('- a\n')).toEqual(['zdt.yaml:1:1: is a list, expected a map with hosts']))

test('a tab', () =>
  expect(problemsOf('hosts:\n\tlb1: { address: a }\n')).toEqual([
    'zdt.yaml:2:1: a tab in the indentation, expected spaces',
  ]))

test('a line that is out of line', () =>
  expect(problemsOf('hosts:\n  a: { address: a }\n b: { address: b }\n')).toEqual([`zdt.yaml:3:1: ${indentation}`]))

test('a name that is there twice, and what else is wrong', () =>
  expect(problemsOf('hosts:\n  a: { address: a }\n  a: { address: b }\nhaproxie: 1\n')).toEqual([
    'zdt.yaml:3:3 hosts.a: is there twice, expected once',
    'zdt.yaml:4:1 haproxie: is not known, expected haproxy',
  ]))

test('a quote that is not closed', () =>
  expect(problemsOf('hosts: "x\n')).toEqual([
    'zdt.yaml:2:1: something is not closed or not separated, expected a quote, bracket, comma or colon before here',
  ]))

test('a colon without a space', () =>
  expect(problemsOf('hosts:x\nb: 1\n')).toEqual([
    'zdt.yaml:1:1: a line without a value, expected NAME: VALUE with a space after the colon',
  ]))

test('two values on one line', () =>
  expect(problemsOf('hosts: a: b\n')).toEqual([
    'zdt.yaml:1:8: a second name on one line, expected a line of its own, or quotes around text with ": "',
  ]))

test('a second document', () =>
  expect(problemsOf(`${sound}---\n${sound}`)).toEqual([
    'zdt.yaml:10:1: a second document begins here, expected one fleet in one file',
  ]))

test('a tag', () =>
  expect(problemsOf('hosts: { a: { address: !env HOME } }\n')).toEqual([
    'zdt.yaml:1:24: a YAML tag that zdt does not know, expected plain values',
  ]))

test('an alias to nothing', () =>
  expect(problemsOf('hosts: *h\n')).toEqual(['zdt.yaml:1:8: *h points to nothing, expected &h before it']))

test('an alias that contains itself', () =>
  expect(problemsOf('hosts: &h\n  a: *h\n')).toEqual(['zdt.yaml:2:6: *h contains itself']))

test('an alias is read where it points, and a mistake in it stands there', () => {
  const shared = 'hosts:\n  a: { address: a, ssh: &s { user: u } }\n  b: { address: b, ssh: *s }\n'
  expect(problemsOf(shared)).toEqual([])
  expect(problemsOf(shared.replace('user: u', 'user: 1'))).toEqual([
    'zdt.yaml:2:36 hosts.a.ssh.user: is the number 1, expected the name of a user',
    'zdt.yaml:2:36 hosts.b.ssh.user: is the number 1, expected the name of a user',
  ])
})

test('aliases of aliases of aliases', () => {
  const levels = [1, 2, 3, 4, 5, 6].map((n) => `  a${n}: &a${n} [${`*a${n - 1},`.repeat(10)}]\n`)
  expect(problemsOf(`hosts:\n  a0: &a0 [x]\n${levels.join('')}`)).toEqual([
    'zdt.yaml:1:1: has aliases of aliases beyond measure, expected plain values',
  ])
})

test('a nest without end', () => {
  expect(problemsOf('['.repeat(20_000))[0]).toMatch(/: the file is nested too deeply to be read, expected a fleet$/)
})

test('a name that YAML reads as another', () =>
  expect(problemsOf('hosts:\n  007: { address: a }\n  8: { address: b }\n')).toEqual([
    'zdt.yaml:2:3: the name 007 reads as 7, expected it in quotes',
  ]))

test('a list as a name', () =>
  expect(problemsOf('hosts:\n  ? [a]\n  : { address: a }\n')[0]).toBe(
    'zdt.yaml:2:5: a list, a map or an alias in place of a name, expected text',
  ))

test('windows line ends and a byte order mark change nothing', () => {
  expect(problemsOf(`\uFEFF${sound.replaceAll('\n', '\r\n')}`)).toEqual([])
  expect(problemsOf('hosts:\r\n  a: { }\r\n')).toEqual([
    'zdt.yaml:2:3 hosts.a.address: is missing, expected an address, a name or an alias of ~/.ssh/config, without a port',
  ])
})

test.each([
  ['1.10', '1.1'],
  ['12345678901234567890', '12345678901234567000'],
  ['0x1F40', '8000'],
  ['007', '7'],
  ['1e3', '1000'],
])('a number that is not what is written: %s would be %s', (written, read) => {
  const fleet = (value: string) =>
    `hosts: { lb1: { address: a } }\nhaproxy:\n  edge: { hosts: [lb1], vars: { a: [${value}] } }\n`
  expect(problemsOf(fleet(written))).toEqual([
    `zdt.yaml:3:37: ${written} reads as ${read}, expected that, or quotes around it`,
  ])
  expect(problemsOf(fleet(read))).toEqual([])
  expect(problemsOf(fleet(`'${written}'`))).toEqual([])
})
