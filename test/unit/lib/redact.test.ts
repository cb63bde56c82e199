import { expect, test } from 'vitest'
import { redact } from '../../../src/lib/redact.ts'

test('a secret is blotted out wherever it stands', () => {
  expect(redact('auth zdt:s3cret and s3cret', ['s3cret'])).toBe('auth zdt:‹secret› and ‹secret›')
  expect(redact('nothing here', ['s3cret', ''])).toBe('nothing here')
})

test('of a secret of several lines each line by itself too, as a diff has them', () => {
  const key = '-----BEGIN KEY-----\nabc\ndef\n-----END KEY-----\n'
  expect(redact('+abc\n-def\n', [key])).toBe('+‹secret›\n-‹secret›\n')
  expect(redact(`x\n${key}y`, [key])).toBe('x\n‹secret›\ny')
})

test('a secret within another leaves nothing of the longer one', () => {
  expect(redact('pass password', ['pass', 'password'])).toBe('‹secret› ‹secret›')
})
