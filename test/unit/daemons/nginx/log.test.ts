import { expect, test } from 'vitest'
import { parseLogLines } from '../../../../src/daemons/nginx/log-lines.ts'
import { lookAtLog, parseLog } from '../../../../src/daemons/nginx/log.ts'
import { recorded } from './fixture.ts'

test('an address in use is told once, though nginx says it ten times', () =>
  expect(parseLogLines(recorded('error-log-bind'))).toEqual([
    { level: 'emerg', pid: 12702, text: 'bind() to 0.0.0.0:9999 failed (98: Address already in use)' },
    { level: 'emerg', pid: 12702, text: 'still could not bind()' },
  ]))

test('what a connection is numbered is no part of the text', () =>
  expect(parseLogLines('2026/11/20 09:21:00 [crit] 7#7: *12 SSL_do_handshake() failed')).toEqual([
    { level: 'crit', pid: 7, text: 'SSL_do_handshake() failed' },
  ]))

test('where the log ends, and what was written since', () =>
  expect(
    parseLog('/e.log', '@zdt nginx-log 1\n@mark 39:1 120\n@lines\n 2026/01/01 00:00:00 [alert] 3#3: x\n@end\n'),
  ).toEqual({
    mark: { path: '/e.log', inode: '39:1', offset: 120 },
    lines: [{ level: 'alert', pid: 3, text: 'x' }],
  }))

test('a log that is not there ends at 0', () =>
  expect(parseLog('/e.log', '@zdt nginx-log 1\n@mark  0\n@end\n')).toEqual({
    mark: { path: '/e.log', inode: '', offset: 0 },
    lines: [],
  }))

test('the mark is handed over as arguments', () =>
  expect(lookAtLog('/e.log', { path: '/e.log', inode: '1:2', offset: 7 }).slice(3)).toEqual([
    'zdt-nginx-log',
    '/e.log',
    '1:2',
    '7',
  ]))
