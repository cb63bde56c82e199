import { expect, test } from 'vitest'
import { diff } from '../../../src/lib/diff.ts'

test('nothing differs, nothing is said', () => expect(diff('a\nb\n', 'a\nb\n')).toEqual([]))

test('a unified diff with three lines around', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''].join('\n')
  expect(diff(before, before.replace('5', 'five'))).toEqual([
    '@@ -2,7 +2,7 @@',
    ' 2',
    ' 3',
    ' 4',
    '-5',
    '+five',
    ' 6',
    ' 7',
    ' 8',
  ])
})

test('a file that is not there yet is all new', () => expect(diff('', 'a\n')).toEqual(['@@ -0,0 +1,1 @@', '+a']))

test('a missing end of the last line is a difference that is seen', () =>
  expect(diff('a', 'a\n')).toContain('\\ No newline at end of file'))

test('no secret is shown, neither the new one nor the one that is replaced', () => {
  const said = diff('  stats auth admin:OLD-one\nx\n', '    stats auth admin:NEW-one\ny\n', ['NEW-one']).join('\n')
  expect(said).not.toMatch(/NEW|OLD/)
  expect(said).toContain('-  stats auth admin:‹another secret›')
  expect(said).toContain('+    stats auth admin:‹secret›')
})

test('the same secret in an unchanged line is blotted too', () =>
  expect(diff('pass HUSH\na\n', 'pass HUSH\nb\n', ['HUSH'])).toContain(' pass ‹secret›'))

test('where a line is nothing but a secret, nothing that goes is shown', () => {
  const said = diff('begin\nOLD LINE\nend\n', 'begin\nNEW LINE\nend\n', ['NEW LINE']).join('\n')
  expect(said).not.toMatch(/OLD|NEW/)
})

test('of a text of before neither its own secret is shown nor that of another one, where the text of today has a place for it', () => {
  const today = 'stats auth admin:TODAY\nx\n'
  const said = diff('stats auth admin:LIVE\nx\n', 'stats auth admin:OLD\ny\n', ['TODAY'], today).join('\n')
  expect(said).not.toMatch(/TODAY|LIVE|OLD/)
  expect(said).toContain('-x\n+y')
  const bare = diff('begin\nLIVE\n', 'begin\nOLD\n', ['TODAY'], 'begin\nTODAY\n').join('\n')
  expect(bare).not.toMatch(/TODAY|LIVE|OLD/)
})
