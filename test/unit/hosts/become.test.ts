import { describe, expect, test } from 'vitest'
import { prefixFor, sudoRefusal } from '../../../src/hosts/become.ts'

const refusal = (stderr: string, code = 1): string | undefined => sudoRefusal({ code, stderr: Buffer.from(stderr) })

test('sudo stands before what root does, and only where it must', () => {
  expect(prefixFor('root', 'sudo', false)).toEqual(['sudo', '-n', '--'])
  expect(prefixFor('login', 'sudo', false)).toEqual([])
  expect(prefixFor('root', 'none', false)).toEqual([])
  expect(prefixFor('root', 'sudo', true)).toEqual([])
})

describe('sudo says no', () => {
  test.each([
    'sudo: a password is required\n',
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input\n',
    'sudo: sorry, you must have a tty to run sudo\n',
    'sudo: no tty present and no askpass program specified\n',
    'Sorry, user deploy is not allowed to execute /bin/sh as root on lb1.\n',
    'Sorry, user deploy may not run sudo on lb1.\n',
    'deploy is not in the sudoers file.\n',
    'deploy is not in the sudoers file.  This incident will be reported.\n',
    'sudo: unable to resolve host lb1: Name or service not known\nsudo: a password is required\n',
  ])('%j', (words) => {
    expect(refusal(words)).toBe(words.trim())
  })

  test('a host without sudo', () => {
    expect(refusal('zdt: 1: exec: sudo: not found\n', 127)).toBe('sudo: not found')
  })
})

describe('the command says no, not sudo', () => {
  test.each([
    ['nginx: [emerg] bind() failed\n', 1],
    ['sudo: unable to resolve host lb1: Name or service not known\n', 1],
    ['', 1],
    ['sudo: a password is required\n', 0],
    ['sudo: nosuch: command not found\n', 1],
  ])('%j with %i', (words, code) => {
    expect(refusal(words, code)).toBeUndefined()
  })
})
