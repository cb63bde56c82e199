import { describe, expect, test } from 'vitest'
import { hostFiles, type HostFile } from '../../../src/lab/host-files.ts'
import { labShape, standardHosts, type LabHost } from '../../../src/lab/shape.ts'

const shape = labShape({ name: 'lab', suite: 'trixie', hosts: standardHosts, scale: 1 })
const furniture = {
  publicKey: 'ssh-ed25519 AAAA deploy\n',
  hostKey: 'secret\n',
  binaries: '/cache/binaries',
  binaryNames: ['haproxy-2.6.12', 'nginx-1.26.3', 'nginx-1.22.1', 'nginx-1.9.9'],
  app: new Map([['main.js', 'go()']]),
}

describe('the files of a host', () => {
  test('a load balancer sends /shop/ to the applications and everything else to the web hosts', () => {
    const cfg = text(filesOf('lb1'), 'etc/haproxy/haproxy.cfg')
    expect(cfg).toContain('use_backend shop if { path_beg /shop/ }')
    expect(cfg).toContain('bind 10.77.0.100:80\n    bind 10.77.0.11:80')
    expect(cfg).toMatch(/backend web\n[^#]*server web2 10\.77\.0\.14:80 check/)
  })

  test('the first load balancer holds the VIP, the second stands by', () => {
    expect(text(filesOf('lb1'), 'etc/keepalived/keepalived.conf')).toMatch(/state MASTER[^]*priority 150/)
    expect(text(filesOf('lb2'), 'etc/keepalived/keepalived.conf')).toMatch(/state BACKUP[^]*priority 100/)
  })

  test('a web host starts on the oldest nginx, by number and not by letter', () => {
    expect(filesOf('web1')).toContainEqual({
      path: 'usr/sbin/nginx',
      copyOf: '/cache/binaries/nginx-1.9.9',
      mode: 0o755,
    })
  })

  test("a host's secret is for root only, and the key that lets deploy in is deploy's", () => {
    expect(find(filesOf('s1'), 'etc/ssh/ssh_host_ed25519_key')).toMatchObject({ mode: 0o600, text: 'secret\n' })
    expect(find(filesOf('s1'), 'home/deploy/.ssh/authorized_keys')).toMatchObject({ mode: 0o600, owner: 1000 })
  })

  test('no two hosts have the same identity', () => {
    const ids = shape.hosts.map((host) => text(filesOf(host.name), 'etc/machine-id'))
    expect(new Set(ids).size).toBe(shape.hosts.length)
    expect(ids[0]).toMatch(/^[0-9a-f]{32}\n$/)
  })

  test('only what a role needs is enabled', () => {
    expect(['lb2', 'web2', 'app3', 's1'].map(unitsOf)).toEqual([['haproxy', 'keepalived'], ['nginx'], ['shop'], []])
  })
})

function filesOf(name: string): HostFile[] {
  return hostFiles(shape, hostNamed(name), furniture)
}

function unitsOf(name: string): string[] {
  return filesOf(name).flatMap(({ path }) => /multi-user\.target\.wants\/(.*)\.service$/.exec(path)?.[1] ?? [])
}

function hostNamed(name: string): LabHost {
  const host = shape.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(`no host ${name}`)
  return host
}

function find(files: readonly HostFile[], path: string): HostFile | undefined {
  return files.find((file) => file.path === path)
}

function text(files: readonly HostFile[], path: string): string {
  const file = find(files, path)
  return file !== undefined && 'text' in file ? file.text : ''
}
