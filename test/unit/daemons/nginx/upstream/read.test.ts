import { expect, test } from 'vitest'
import { parseRead } from '../../../../../src/daemons/nginx/upstream/read.ts'

const encoded = (text: string) => Buffer.from(text).toString('base64')

test('what each file says, what nginx reads, and what it has not read since', () => {
  const answer = `@file ${encoded('server a:1;\n@none\n')}\n@none\n@read /etc/nginx/nginx.conf\n@read /etc/u.conf\n@changed /etc/u.conf\n@log /var/log/a.log\n@end\n`
  expect(parseRead(answer)).toEqual({
    texts: ['server a:1;\n@none\n', undefined],
    files: ['/etc/nginx/nginx.conf', '/etc/u.conf'],
    changed: ['/etc/u.conf'],
    logs: ['/var/log/a.log'],
    said: '',
  })
})

test('an empty file is there; a configuration that nginx refuses has no files', () => {
  expect(parseRead(`@file \n@said ${encoded('nginx: [emerg] no\n')}\n@end\n`)).toEqual({
    texts: [''],
    files: undefined,
    changed: [],
    logs: [],
    said: 'nginx: [emerg] no',
  })
})

test('an answer that was cut short is none', () => {
  expect(parseRead('@none\n@read /etc/nginx/nginx.conf\n')).toBeUndefined()
})
