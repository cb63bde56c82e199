import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Daemon } from '../../src/lib/rendered.ts'
import { exampleOf, fleetNames } from '../unit/render/goldens.ts'
import { hostPaths, labPaths } from '../../src/lab/paths.ts'
import { hostOnLab } from './support/host-on-lab.ts'
import { describeOnLab, useLab } from './support/lab.ts'

/** The versions that the lab has; goldens are there for more. */
const kept: Readonly<Record<Daemon, readonly string[]>> = {
  haproxy: ['2.6.12', '3.0.11'],
  nginx: ['1.22.1', '1.26.3'],
  keepalived: ['2.2.7', '2.3.3'],
}
const checks: Readonly<Record<Daemon, (binary: string, file: string) => string[]>> = {
  haproxy: (binary, file) => [binary, '-c', '-f', file],
  nginx: (binary, file) => [binary, '-t', '-q', '-c', file],
  keepalived: (binary, file) => [binary, '--config-test', '--use-file', file],
}
const cases = Object.entries(kept).flatMap(([daemon, versions]) =>
  versions.map((version) => [daemon as Daemon, version] as const),
)

/** The lab as an operator would write it down, with zdt's own templates. */
const fleet = `name: lab
defaults: { ssh: { user: deploy, become: sudo } }
secrets: { stats: { command: [printf, s3cret] } }
hosts:
  lb1: { address: 10.77.0.11 }
  web1: { address: 10.77.0.13 }
haproxy:
  edge: { hosts: [lb1], vars: { default_pool: web, stats_secret: stats, tls_certificates: /etc/zdt-test/all.pem, tls_redirect: false } }
nginx:
  web: { hosts: [web1], vars: { root: /srv/web } }
keepalived:
  public: { address: 10.77.0.100/16, other_addresses: [2001:db8::100/64], hosts: [lb1], router_id: 51, vars: { interface: host0, advert_interval: 100ms } }
pools:
  shop:
    balancer: haproxy/edge
    servers: { app1: 10.77.0.21:8080 }
    vars: { check: /healthz, paths: [/shop/] }
  web: { balancer: haproxy/edge, servers: { web1: 10.77.0.13:80 }, vars: { check: /healthz } }
`

describeOnLab('what zdt’s own templates make', () => {
  const lab = useLab({ name: 'e2e-render', flags: ['--hosts', 'lb1,web1,app1'] })
  const lb1 = hostOnLab(lab, 'lb1')
  const web1 = hostOnLab(lab, 'web1')
  const on = (daemon: Daemon) => (daemon === 'nginx' ? web1 : lb1)
  let directory: string

  const run = async (host: typeof lb1, argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await host.run(argv, { as: 'root' })
    const said = `${stdout.toString()}${stderr.toString()}`
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}: ${said}`)
    return said
  }
  /** A file of a host, from outside of it. */
  const at = (host: typeof lb1, path: string): string => join(hostPaths(labPaths(lab.name), host.name).root, path)
  const zdt = (...args: string[]) => lab.zdt(['render', '--fleet', join(directory, 'zdt.yaml'), ...args])

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-e2e-render-'))
    await writeFile(join(directory, 'zdt.yaml'), fleet)
    const [key, certificate] = [join(directory, 'key'), join(directory, 'certificate')]
    const subject = ['-subj', '/CN=shop.example', '-days', '2', '-keyout', key, '-out', certificate]
    await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject])
    const pem = (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8'))
    for (const host of [lb1, web1]) {
      for (const path of ['/etc/zdt-test', '/srv/web']) await mkdir(at(host, path), { recursive: true })
      await writeFile(at(host, '/etc/zdt-test/all.pem'), pem, { mode: 0o600 })
    }
    // Until the first reload there is none, of which HAProxy warns: an empty one of its format.
    await writeFile(at(lb1, '/var/lib/haproxy/server-state'), '1\n')
    for (const [daemon, version] of cases) {
      const target = at(on(daemon), `/root/${daemon}-${version}`)
      await copyFile(await lab.binary(`${daemon}-${version}`), target)
      await chmod(target, 0o755)
    }
  }, 600_000)
  afterAll(() => rm(directory, { recursive: true }))

  test.each(cases)('is valid, and without a warning, to %s %s itself', async (daemon, version) => {
    const host = on(daemon)
    for (const name of fleetNames) {
      for (const { host: of, files } of await exampleOf(name, daemon, version)) {
        const file = `/root/${name}-${of}.conf`
        await writeFile(at(host, file), files[0]?.content ?? '')
        // What its upstreams include, and what decides between pools; keys and the like lie there already.
        for (const { path, content } of files.filter((one) => /\/(upstreams|splits)\//.test(one.path))) {
          await mkdir(dirname(at(host, path)), { recursive: true })
          await writeFile(at(host, path), content)
        }
        const said = await run(host, checks[daemon](`/root/${daemon}-${version}`, file))
        expect(
          said.split('\n').filter((line) => /warn|alert|error|deprecated/i.test(line)),
          `${name} ${of}`,
        ).toEqual([])
      }
    }
  })

  test('serves a request: HAProxy on the VIP, nginx behind it, Keepalived that holds it', async () => {
    const out = join(directory, 'out')
    const rendered = await zdt('--out', out)
    expect(rendered, rendered.stderr).toMatchObject({ code: 0 })
    const written = rendered.stdout.trim().split('\n')
    expect(written).toEqual(
      ['lb1/etc/haproxy/haproxy.cfg', 'web1/etc/nginx/nginx.conf', 'lb1/etc/keepalived/keepalived.conf'].map((file) =>
        join(out, file),
      ),
    )
    for (const file of written) {
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      const [, host, path] = /^(lb1|web1)(\/.*)$/.exec(file.slice(out.length + 1)) ?? []
      await copyFile(file, at(host === 'lb1' ? lb1 : web1, path ?? ''))
    }
    await writeFile(at(web1, '/srv/web/index.html'), 'the web\n')
    // What the lab itself does so that HAProxy starts without the VIP: here `transparent` is to be enough.
    await run(lb1, ['sysctl', '-q', 'net.ipv4.ip_nonlocal_bind=0'])
    await run(web1, ['systemctl', 'restart', 'nginx'])
    await run(lb1, ['systemctl', 'stop', 'keepalived'])
    await run(lb1, ['systemctl', 'restart', 'haproxy'])
    await run(lb1, ['systemctl', 'start', 'keepalived'])

    const ask = async (url: string): Promise<string> => {
      const { stdout } = await lab.inLab(['curl', '--silent', '--insecure', '--max-time', '2', url])
      return stdout
    }
    const soon = { timeout: 90_000 }
    await expect.poll(() => ask('http://10.77.0.100/'), soon).toBe('the web\n')
    await expect.poll(() => ask('http://10.77.0.100/shop/'), soon).toContain('app1')
    expect(await ask('https://10.77.0.100/')).toBe('the web\n')
    expect(await run(lb1, ['ip', '-o', 'address', 'show', 'dev', 'host0'])).toMatch(
      /10\.77\.0\.100[\s\S]*2001:db8::100/,
    )
    expect(await run(web1, ['tail', '-1', '/var/log/nginx/access.log'])).toMatch(/^10\.77\.0\.1 /)
  })

  test('secrets are blotted out on stdout, unless they are asked for', async () => {
    const hidden = await zdt('lb1', 'haproxy')
    expect(hidden.stdout).toContain('stats auth zdt:‹secret›\n')
    expect(hidden.stdout + hidden.stderr).not.toContain('s3cret')
    expect((await zdt('lb1', 'haproxy', '--json')).stdout).not.toContain('s3cret')
    expect((await zdt('lb1', 'haproxy', '--show-secrets')).stdout).toContain('stats auth zdt:s3cret\n')
  })
})
