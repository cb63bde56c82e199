import { describe, expect, test } from 'vitest'
import { labShape, standardHosts } from '../../../src/lab/shape.ts'

const wanted = { name: 'lab', suite: 'trixie', hosts: standardHosts, scale: 0 } as const

describe('the shape of a lab', () => {
  test('has the standard hosts at their addresses', () => {
    const { hosts } = labShape(wanted)
    expect(hosts.map((host) => `${host.name} ${host.address}`)).toContain('web2 10.77.0.14')
    expect(hosts.map((host) => host.name)).toEqual(standardHosts)
  })

  test('keeps the order of the fleet, whatever order hosts are asked for in', () => {
    expect(labShape({ ...wanted, hosts: ['app1', 'lb1'] })).toEqual(labShape({ ...wanted, hosts: ['lb1', 'app1'] }))
  })

  test('small hosts have addresses of their own, also beyond a network of 250', () => {
    const { hosts } = labShape({ ...wanted, scale: 251 })
    expect(hosts.at(7)).toEqual({ name: 's1', role: 'small', address: '10.77.1.1' })
    expect(hosts.at(-1)).toEqual({ name: 's251', role: 'small', address: '10.77.2.1' })
    expect(new Set(hosts.map((host) => host.address)).size).toBe(hosts.length)
  })

  test('a host that the lab does not have is refused by name', () => {
    expect(() => labShape({ ...wanted, hosts: ['lb1', 'db1'] })).toThrow('no host db1; it has lb1, lb2')
  })

  test.each(['', 'Lab', '../etc', 'a b', '-x', 'x'.repeat(40)])('the name %j is refused', (name) => {
    expect(() => labShape({ ...wanted, name })).toThrow("A lab's name is")
  })
})
