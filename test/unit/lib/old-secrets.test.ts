import { expect, test } from 'vitest'
import { diff } from '../../../src/lib/diff.ts'
import { withoutOldSecrets } from '../../../src/lib/old-secrets.ts'

const today = 'global\n  token n3w-t0ken\n  maxconn 100\n'
const before = 'global\n  token 0ld-t0ken\n  maxconn 90\n  stats auth zdt:0ld-pass\n'

test('an older text: the secrets of today, those that stood in their places, and what is a password by its word', () => {
  expect(withoutOldSecrets(before, ['n3w-t0ken'], today)).toBe(
    'global\n  token ‹another secret›\n  maxconn 90\n  stats auth zdt:‹secret›\n',
  )
})

test('the difference of two texts of before tells neither of their secrets', () => {
  const lines = diff('global\n  token 0lder\n  maxconn 80\n', before, ['n3w-t0ken'], today).join('\n')
  expect(lines).toContain('-  maxconn 80\n')
  expect(lines).toContain('+  maxconn 90\n')
  expect(lines).not.toMatch(/0ld/)
})
