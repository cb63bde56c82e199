import { expect, test } from 'vitest'
import { causeOf, isClosed, isLocal } from '../../../src/probe/causes.ts'

const failure = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more })
const open = { timedOut: false, connecting: false, answerBegun: false }

test.each([
  ['ECONNREFUSED', 'refused'],
  ['EPIPE', 'reset'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['ENOTFOUND', 'name-not-found'],
  ['HPE_INVALID_CONSTANT', 'malformed-answer'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['EWEIRD', 'eweird'],
  ['ECONNRESET', 'closed-before-answer'],
])('%s is %s', (code, cause) => expect(causeOf(failure(code), open)).toBe(cause))

test('a reset by the kernel is told from a close in good order', () =>
  expect(causeOf(failure('ECONNRESET', { syscall: 'read' }), open)).toBe('reset'))

test('half an answer', () =>
  expect(causeOf(failure('ECONNRESET'), { ...open, answerBegun: true })).toBe('closed-mid-answer'))

test('out of time, with and without a connection', () => {
  expect(causeOf(failure('ECONNRESET'), { ...open, timedOut: true })).toBe('timeout')
  expect(causeOf(failure('ECONNRESET'), { ...open, timedOut: true, connecting: true })).toBe('connect-timeout')
})

test('several addresses that all refuse', () =>
  expect(causeOf(new AggregateError([failure('ECONNREFUSED'), failure('ENETUNREACH')]), open)).toBe('refused'))

test('what is no error is unknown', () => expect(causeOf('?', open)).toBe('unknown'))

test('our own limits, and the other side closing', () => {
  expect(['EADDRNOTAVAIL', 'EMFILE', 'ECONNREFUSED'].map((code) => isLocal(failure(code)))).toEqual([true, true, false])
  expect(['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].map((code) => isClosed(failure(code)))).toEqual([true, true, false])
})
