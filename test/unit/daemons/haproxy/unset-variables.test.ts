import { expect, test } from 'vitest'
import { unsetVariables } from '../../../../src/daemons/haproxy/unset-variables.ts'

const unset = (text: string, names: readonly string[] = []) =>
  unsetVariables([{ path: 'h.cfg', text }], names).map(({ name, line }) => `${name}:${line}`)

test.each([
  ['bind "${ADDR}:80"', ['ADDR:1']],
  ['bind "$ADDR:80"', ['ADDR:1']],
  ['\nbind "${A}:${B}"', ['A:2', 'B:2']],
  ['server-template "${LIST[*]}"', ['LIST:1']],
  ['bind "${ADDR-127.0.0.1}:80"', []],
  ['bind "${LIST[*]-none}"', []],
  ["bind '${ADDR}:80'", []],
  ['bind ${ADDR}:80', []],
  ['# bind "${ADDR}:80"', []],
  ['bind "\\${ADDR}:80"', []],
  ['acl x path_reg "^/a$"', []],
  ['log-format "%[var(txn.x)] ${ADDR}"', ['ADDR:1']],
  ['peer "${HAPROXY_LOCALPEER}" 1.2.3.4:1', []],
  ['setenv ADDR 10.0.0.1\nbind "${ADDR}:80"', []],
  ['.if defined(ADDR)\nbind "${ADDR}:80"\n.endif', []],
])('%j', (text, names) => expect(unset(text)).toEqual(names))

test('what the running HAProxy has in its environment is set', () =>
  expect(unset('bind "${ADDR}:80"', ['ADDR'])).toEqual([]))
