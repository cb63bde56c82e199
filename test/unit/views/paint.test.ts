import { expect, test } from 'vitest'
import { pageFor, legible, plainPage } from '../../../src/views/page.ts'
import { makePaint, paintFor } from '../../../src/views/paint.ts'

const terminal = { isTTY: true }
const pipe = { isTTY: false }
const painted = (stream: { isTTY: boolean }, env: Record<string, string>) => paintFor(stream, env).green('x') !== 'x'

test('colour is for terminals, unless NO_COLOR, FORCE_COLOR or TERM say otherwise', () => {
  expect(painted(terminal, {})).toBe(true)
  expect(painted(pipe, {})).toBe(false)
  expect(painted(terminal, { NO_COLOR: '1' })).toBe(false)
  expect(painted(terminal, { NO_COLOR: '' })).toBe(true)
  expect(painted(pipe, { FORCE_COLOR: '1' })).toBe(true)
  expect(painted(terminal, { FORCE_COLOR: '0' })).toBe(false)
  expect(painted(terminal, { TERM: 'dumb' })).toBe(false)
})

test('marks are for UTF-8 locales', () => {
  expect(paintFor(pipe, { LANG: 'C.UTF-8' }).unicode).toBe(true)
  expect(paintFor(pipe, { LANG: 'de_DE.utf8', LC_ALL: 'C' }).unicode).toBe(false)
  expect(paintFor(pipe, {}).unicode).toBe(false)
  expect(legible('✔ a · b … → ↩ ✖ ⚠', { paint: makePaint(false, false) })).toBe('+ a - b ... -> < x !')
  expect(legible('✔', plainPage())).toBe('✔')
})

test('a stream that does not know its width is 80 columns wide', () => {
  expect(pageFor({}).width).toBe(80)
  expect(pageFor({ columns: 0 }).width).toBe(80)
  expect(pageFor({ columns: 120 }).width).toBe(120)
})
