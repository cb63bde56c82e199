import { expect, test } from 'vitest'
import { redact, redactWritten } from '../../../src/lib/redact.ts'

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

test('in a configuration that lies on a host, what is a password by the word before it, whoever wrote it', () => {
  const written = `userlist ops
    user anna insecure-password s3cret groups g
    user ben password $6$x.y
  stats auth zdt:s3cr:et
    auth_type PASS
    auth_pass 4711
  timeout connect 4711
  password-less nothing
`
  expect(redactWritten(written, ['anna'])).toBe(`userlist ops
    user ‹secret› insecure-password ‹secret› groups g
    user ben password ‹secret›
  stats auth zdt:‹secret›
    auth_type PASS
    auth_pass ‹secret›
  timeout connect 4711
  password-less nothing
`)
})
