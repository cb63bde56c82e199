import { describe, expect, test } from 'vitest'
import { parseFleet } from '../../../src/fleet/load.ts'
import { labFiles } from '../../../src/lab/lab-files.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { labShape, standardHosts } from '../../../src/lab/shape.ts'

const keys = { publicKey: 'key', hostKey: () => 'secret', hostPublicKey: (host: string) => `ssh-ed25519 ${host}-key` }

describe('what a lab gives to those who work in it', () => {
  test('a fleet file that zdt reads, with the pools that its load balancers have', () => {
    const fleet = fleetOf(standardHosts)
    expect([...fleet.pools.keys()]).toEqual(['shop', 'web'])
    expect(fleet.pools.get('shop')?.servers).toContainEqual({ name: 'app2', address: '10.77.0.22', port: 8080 })
  })

  test.each([['lb1'], ['web1'], ['app1'], ['lb1,web1'], ['lb1,app2'], ['web2,app1']])(
    'also when there is only %s',
    (hosts) => {
      expect(fleetOf(hosts.split(',')).hosts.size).toBe(hosts.split(',').length)
    },
  )

  test('host keys under name and address', () => {
    expect(text(standardHosts, 'known_hosts')).toContain('lb2,10.77.0.12 ssh-ed25519 lb2-key\n')
  })

  test('an ssh that finds its own configuration', () => {
    expect(text(standardHosts, 'bin/ssh')).toBe('#!/bin/sh\nexec /usr/bin/ssh -F /run/zdt/lab/lab/ssh_config "$@"\n')
  })
})

function fleetOf(hosts: readonly string[]) {
  return parseFleet(text(hosts, 'zdt.yaml'), 'zdt.yaml')
}

function text(hosts: readonly string[], path: string): string {
  const files = labFiles(labPaths('lab'), labShape({ name: 'lab', suite: 'trixie', hosts, scale: 0 }), keys)
  const file = files.find((each) => each.path === path)
  return file !== undefined && 'text' in file ? file.text : ''
}
