import { expect, test } from 'vitest'
import { wordsOf } from '../../../../../src/daemons/haproxy/config/words.ts'

const texts = (line: string) => wordsOf(line).map(({ text }) => text)

test.each([
  ['  server app1 10.0.0.1:80 check # the first', ['server', 'app1', '10.0.0.1:80', 'check']],
  [String.raw`option httpchk GET\ /healthz`, ['option', 'httpchk', 'GET /healthz']],
  [`http-request deny if { path '/a b#c' }`, ['http-request', 'deny', 'if', '{', 'path', '/a b#c', '}']],
  [String.raw`bind "${'$'}{ADDR}:80" name "say \"hi\""`, ['bind', '${ADDR}:80', 'name', 'say "hi"']],
  ['\tmode\thttp\r', ['mode', 'http']],
  ['# nothing', []],
  ['', []],
  [`log-tag ''`, ['log-tag', '']],
  ['trailing \\', ['trailing', '\\']],
])('%s', (line, words) => {
  expect(texts(line)).toEqual(words)
})

test('a word knows where it stands, its quotes included', () => {
  expect(wordsOf(`  server "a b" x`)).toEqual([
    { text: 'server', from: 2, to: 8 },
    { text: 'a b', from: 9, to: 14 },
    { text: 'x', from: 15, to: 16 },
  ])
})
