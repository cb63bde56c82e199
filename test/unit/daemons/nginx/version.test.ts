import { expect, test } from 'vitest'
import { compareVersions, parseVersion } from '../../../../src/daemons/nginx/version.ts'

test.each([
  ['nginx version: nginx/1.22.1', 'nginx', '1.22.1'],
  ['nginx version: nginx/1.24.0 (Ubuntu)\nbuilt with OpenSSL 3', 'nginx', '1.24.0'],
  ['nginx version: openresty/1.25.3.1', 'openresty', '1.25.3.1'],
  ['Angie version: Angie/1.8.1', 'Angie', '1.8.1'],
])('%s', (said, name, text) => expect(parseVersion(said)).toEqual({ name, text }))

test('anything else is no version', () => expect(parseVersion('hello: not found')).toBeUndefined())

test('1.9 is older than 1.26', () => {
  const [old, young] = [parseVersion('nginx version: nginx/1.9.15'), parseVersion('nginx version: nginx/1.26.3')]
  expect(old && young && compareVersions(old, young)).toBeLessThan(0)
  expect(young && compareVersions(young, { name: 'nginx', text: '1.26.3' })).toBe(0)
})
