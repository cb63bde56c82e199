import { expect, test } from 'vitest'
import { configuredInstances } from '../../../../src/daemons/keepalived/config-instances.ts'

const conf = (vips: readonly string[]) => `! a comment
global_defs {
    router_id lb1   # and another
    vrrp_version 3
}
vrrp_script chk { script "/usr/bin/true" }
vrrp_instance public
{
    state BACKUP
    interface host0
    virtual_router_id 51
    priority 150
    advert_int 0.1
    virtual_ipaddress {
        ${vips.join('\n        ')}
    }
    track_file { priority }
}
`

test('an instance, with its blocks wherever the brackets stand', () =>
  expect(configuredInstances(conf(['10.77.0.100/16 dev host0', '2001:db8::1']))).toEqual([
    {
      name: 'public',
      routerId: 51,
      interface: 'host0',
      version: 3,
      priority: 150,
      preempts: true,
      advertInterval: 0.1,
      unicast: false,
      authentication: '',
      addresses: ['10.77.0.100', '2001:db8::1'],
    },
  ]))

test('everything on one line', () =>
  expect(
    configuredInstances(
      'vrrp_instance x { virtual_router_id 7\n virtual_ipaddress { 10.0.0.1 } }\nvrrp_instance y {\n}',
    ),
  ).toMatchObject([
    { name: 'x', routerId: 7, addresses: ['10.0.0.1'], version: 2 },
    { name: 'y', addresses: [] },
  ]))

test.each(['', '{', '}}}', 'vrrp_instance', 'vrrp_instance {', '"', 'vrrp_instance a {\n virtual_ipaddress {'])(
  'what is no configuration is not ours to judge: %j',
  (text) => expect(() => configuredInstances(text)).not.toThrow(),
)
