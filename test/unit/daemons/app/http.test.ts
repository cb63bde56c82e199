import { expect, test } from 'vitest'
import { httpCommand, parseHttp } from '../../../../src/daemons/app/http.ts'

const open = (answer: string) => parseHttp(`open ${Buffer.from(answer).toString('hex')}\n`)

test('an answer with its length', () => {
  const answer = open('HTTP/1.1 200 OK\r\nX-Version:  2.0.0 \r\nContent-Length: 3\r\n\r\nok\n')
  expect(answer).toEqual({
    status: 200,
    headers: new Map([
      ['x-version', '2.0.0'],
      ['content-length', '3'],
    ]),
    body: 'ok\n',
  })
})

test('an answer in chunks is put together', () => {
  const answer = open('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n2.0\r\n2;ext\r\n.1\r\n0\r\n\r\n')
  expect(answer).toMatchObject({ body: '2.0.1' })
})

test('chunks that were cut off give what came', () => {
  expect(open('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n2.0')).toMatchObject({ body: '2.0' })
})

test.each([
  ['open \n', { status: 0, headers: new Map(), body: '' }],
  ['failed Connection refused\n', { failed: 'connection refused' }],
  ['failed no answer in 5 s\n', { failed: 'no answer in 5 s' }],
  ['', { failed: 'no answer' }],
  [`open ${Buffer.from('SSH-2.0-OpenSSH\r\n').toString('hex')}\n`, { failed: 'it answers, but not in HTTP' }],
])('%j', (said, expected) => {
  expect(parseHttp(said)).toEqual(expected)
})

test('a banner before the answer is passed over', () => {
  expect(parseHttp('Welcome to app1\nopen \n')).toMatchObject({ status: 0 })
})

test('the request is one word in hex, whatever the path says', () => {
  const request = Buffer.from(
    httpCommand({ address: '2001:db8::21', port: 8080, path: '/v?a=$(id)' }).at(-1) ?? '',
    'hex',
  )
  expect(request.toString()).toMatch(/^GET \/v\?a=\$\(id\) HTTP\/1\.1\r\nHost: \[2001:db8::21\]:8080\r\n/)
})
