import { expect, test } from 'vitest'
import { lookCommand, parseLook } from '../../../../src/hosts/config/look.ts'

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]

test('one command for all configurations of a host', () =>
  expect(lookCommand([{ unit: 'haproxy', paths: ['/etc/haproxy/haproxy.cfg'] }]).slice(3)).toEqual([
    'zdt-config',
    '1',
    'haproxy',
    '/var/lib/zdt/config/haproxy',
    '/etc/haproxy/haproxy.cfg',
  ]))

test('what zdt wrote, what lies there, and where links lead', () => {
  const answer = `@unit haproxy\n${a}  /etc/haproxy/haproxy.cfg\n@unit nginx\n@link /etc/nginx/nginx.conf\n@to /srv/nginx.conf\n@live\n${b}  /etc/haproxy/haproxy.cfg\n@end\n`
  const looked = parseLook(answer)
  expect(looked?.written.get('haproxy')?.get('/etc/haproxy/haproxy.cfg')).toBe(a)
  expect(looked?.written.get('nginx')?.size).toBe(0)
  expect(looked?.live.get('/etc/haproxy/haproxy.cfg')).toBe(b)
  expect(looked?.links.get('/etc/nginx/nginx.conf')).toBe('/srv/nginx.conf')
})

test('an answer that was cut short is none', () => expect(parseLook('@unit haproxy\n@live\n')).toBeUndefined())
