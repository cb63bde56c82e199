import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { fromOutside } from '../support/from-outside.ts'
import { printed, vip, soon, type Shop } from '../support/shop.ts'
import { deep, isWide } from '../support/wide.ts'

export function badWorldTests(shop: Shop): void {
  describe('in a bad world', () => {
    const { lab } = shop
    const { lb2 } = shop
    const drain = (...args: string[]) => shop.zdt('drain', 'app2', '--yes', ...args)
    const inHost = (host: string, line: string) => fromOutside(lab, host, line)
    const mends: (() => Promise<unknown>)[] = []
    let before = ''

    beforeEach(async () => {
      before = await shop.settings()
    })
    // Whatever was refused has touched nothing.
    afterEach(async () => {
      for (const mend of mends.splice(0)) await mend()
      expect(await shop.settings()).toBe(before)
    })

    describe('wrong usage, exit 2', () => {
      test('drain ap2 / names what was meant', async () => {
        const refused = await shop.zdt('drain', 'ap2', '--yes')
        expect(refused).toMatchObject({ code: 2, stdout: '' })
        expect(refused.stderr).toContain('✖ no server "ap2" in zdt.yaml')
        expect(refused.stderr).toContain('did you mean app2 or app1 or app3?')
        expect(refused.stderr).toContain('Nothing was changed.')
      })

      test('drain shopp/app2, status lb3 / the same for pools and hosts', async () => {
        expect((await shop.zdt('drain', 'shopp/app2', '--yes')).stderr).toContain('did you mean shop?')
        const refused = await shop.zdt('status', 'lb3')
        expect(refused).toMatchObject({ code: 2, stdout: '' })
        expect(refused.stderr).toMatch(/no host, pool or server "lb3"[^]*did you mean lb1 or lb2/)
      })

      test('drain app2 without --yes and without a terminal / names --yes', async () => {
        const refused = await shop.zdt('drain', 'app2')
        expect(refused).toMatchObject({ code: 2, stdout: '' })
        expect(refused.stderr).toMatch(/there is no terminal to ask at[^]*--yes[^]*--dry-run/)
      })

      test('drain app2 --timeout soon / says how a duration is written', async () => {
        const refused = await drain('--timeout', 'soon')
        expect(refused).toMatchObject({ code: 2, stdout: '' })
        expect(refused.stderr).toContain('soon is no duration: write it like 500ms, 30s, 5m or 1h30m')
      })

      test('given a zdt.yaml with five mistakes / drain app2 / tells all, each with its line and column', async () => {
        const fleet = await shop.fleet((yaml) =>
          yaml
            .replace('become: sudo', 'become: magic')
            .replace('hosts: [lb1, lb2] }', 'hosts: [lb1, lb9] }')
            .replace('balancer: haproxy/edge', 'balancer: haproxy/edgy')
            .replace('min_available: 1', 'min_available: 9')
            .replace('rate: 50', 'rte: 50'),
        )
        const refused = await drain('--fleet', fleet, '--json')
        expect(refused.code).toBe(2)
        const said = printed(refused.stdout).error?.message ?? ''
        expect(said.split('\n')).toHaveLength(5)
        for (const path of [
          'defaults.ssh.become',
          'haproxy.edge.hosts.1',
          'pools.shop.balancer',
          'pools.shop.min_available',
          'probe',
        ]) {
          expect(said).toMatch(new RegExp(`zdt\\.yaml:\\d+:\\d+ ${path.replaceAll('.', String.raw`\W`)}`))
        }
      })

      deep('given one name for two machines / drain app2 / asks which, and takes POOL/SERVER', async () => {
        const fleet = await shop.fleet((yaml) =>
          yaml.replace(
            'pools:\n',
            `pools:
  shop_never:
    balancer: haproxy/edge
    servers: { app1: 10.77.0.21:8080, app2: 10.77.0.99:8080 }
`,
          ),
        )
        const refused = await drain('--fleet', fleet)
        expect(refused).toMatchObject({ code: 2, stdout: '' })
        expect(refused.stderr).toMatch(/app2 is a different machine in each of 2 pools/)
        expect(refused.stderr).toContain('say shop/app2 for the one at 10.77.0.22')
        expect(await shop.zdt('drain', 'shop/app2', '--yes', '--fleet', fleet)).toMatchObject({ code: 0 })
        expect(await shop.zdt('ready', 'shop/app2', '--yes', '--fleet', fleet)).toMatchObject({ code: 0 })
      })
    })

    describe('refused, exit 3', () => {
      test('given a load balancer without sshd / drain app2 / names it, touches neither; status shows the rest', async () => {
        await inHost('lb2', 'systemctl stop ssh')
        mends.push(() => inHost('lb2', 'systemctl start ssh'))
        const refused = await drain()
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toMatch(/refused: lb2 cannot be reached[^]*10\.77\.0\.12[^]*Nothing was changed\./)
        const status = await shop.zdt('status')
        expect(status.code).toBe(0)
        expect(status.stdout).toMatch(/^lb2 +✖ lb2 cannot be reached/m)
        expect(status.stdout).toMatch(/^lb1 +haproxy 3\.\d/m)
        expect(status.stdout).toMatch(/^lb1 +up 100 +up 100 +up 100$/m)
      })

      test('given a load balancer behind a dead network / drain app2 / says so within 30 s', async () => {
        await lab.inLab(['ip', 'link', 'set', `vb-zdt.${lab.name}.lb2`, 'down'])
        mends.push(() => lab.inLab(['ip', 'link', 'set', `vb-zdt.${lab.name}.lb2`, 'up']))
        const at = Date.now()
        const refused = await drain()
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(Date.now() - at).toBeLessThan(30_000)
        expect(refused.stderr).toMatch(/refused: lb2 cannot be reached[^]*Nothing was changed\./)
      })

      test('given another host key / drain app2 / shows the fingerprint, and who has to look', async () => {
        const { knownHosts } = labPaths(lab.name)
        const known = await readFile(knownHosts, 'utf8')
        mends.push(() => writeFile(knownHosts, known))
        const keyOf = (address: string) => new RegExp(`^\\S*${address}\\S* (.*)$`, 'm').exec(known)?.[1] ?? ''
        await writeFile(knownHosts, known.replace(keyOf('10.77.0.12'), keyOf('10.77.0.11')))
        const refused = await drain()
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toMatch(/lb2 shows another host key than the one at\s+\S*known_hosts:\d+/)
        expect(refused.stderr).toMatch(/said: ssh-ed25519 SHA256:\S+/)
        expect(refused.stderr).toContain('ssh-keygen -R')
      })

      test('given a host where sudo says no / drain app2 / tells its words, and what to allow', async () => {
        const sudoers = await inHost('lb2', 'cat /etc/sudoers.d/deploy')
        await inHost('lb2', 'mv /etc/sudoers.d/deploy /root/deploy.sudoers')
        mends.push(() => inHost('lb2', 'mv /root/deploy.sudoers /etc/sudoers.d/deploy'))
        expect(sudoers).toContain('NOPASSWD')
        const refused = await drain()
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toMatch(/lb2: the login user may not become root[^]*said: sudo: a password is required/)
        expect(refused.stderr).toContain('NOPASSWD')
      })

      deep(
        'given the path of a socket that is not there / drain app2 / names it, and the line that haproxy.cfg needs',
        async () => {
          const fleet = await shop.fleet((yaml) =>
            yaml.replace('hosts: [lb1, lb2] }', 'hosts: [lb1, lb2], socket: /run/haproxy/other.sock }'),
          )
          const refused = await drain('--fleet', fleet)
          expect(refused).toMatchObject({ code: 3, stdout: '' })
          for (const lb of ['lb1', 'lb2']) {
            expect(refused.stderr).toContain(`${lb}: cannot open HAProxy's socket /run/haproxy/other.sock`)
          }
          expect(refused.stderr).toContain('stats socket /run/haproxy/other.sock mode 660 level admin')
        },
      )

      test.each(isWide ? ['operator', 'user'] : ['operator'])(
        'given a socket of level %s / drain, status / drain asks for admin, status works',
        async (level) => {
          await shop.configure((cfg) => cfg.replace('level admin', `level ${level}`))
          const refused = await drain()
          expect(refused).toMatchObject({ code: 3, stdout: '' })
          expect(refused.stderr.replaceAll(/\n {2,}/g, ' ')).toMatch(
            /lb1: the socket \/run\/haproxy\/admin\.sock may not do "set server shop\/app2 state drain": it needs level admin/,
          )
          expect(refused.stderr).toContain('stats socket /run/haproxy/admin.sock mode 660 level admin')
          const status = await shop.zdt('status', 'shop')
          expect(status).toMatchObject({ code: 0 })
          expect(status.stdout).toMatch(/^lb1 +up 100 +up 100 +up 100$/m)
        },
      )

      test('given a HAProxy that is stopped in its tracks / drain app2 / says that it does not answer', async () => {
        const worker = /# workers\n(\d+)/.exec(await lb2.askMaster('show proc'))?.[1] ?? ''
        await lb2.sh(`sudo kill -STOP ${worker}`)
        mends.push(() => lb2.sh(`sudo kill -CONT ${worker}`))
        const refused = await drain()
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toContain('lb2: HAProxy does not answer on /run/haproxy/admin.sock')
        expect(refused.stderr).toContain('systemctl status haproxy')
      })

      deep(
        'given another address in zdt.yaml than in HAProxy / drain app2 / does not watch the wrong machine',
        async () => {
          const fleet = await shop.fleet((yaml) => yaml.replace('app2: 10.77.0.22:8080', 'app2: 10.77.0.29:8080'))
          const refused = await drain('--fleet', fleet)
          expect(refused).toMatchObject({ code: 3, stdout: '' })
          expect(refused.stderr.replaceAll(/\n {2,}/g, ' ')).toContain(
            'shop/app2 is 10.77.0.22:8080 on lb1, but 10.77.0.29:8080 in zdt.yaml shop/app2 is 10.77.0.22:8080 on lb2, but',
          )
        },
      )

      test('given a server that HAProxy does not have / drain app4 / says which it has', async () => {
        const fleet = await shop.fleet((yaml) =>
          yaml.replace('app2: 10.77.0.22:8080', 'app2: 10.77.0.22:8080, app4: 10.77.0.24:8080'),
        )
        const refused = await shop.zdt('drain', 'app4', '--yes', '--fleet', fleet)
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toMatch(/HAProxy knows no such server[^]*shop\/app4[^]*shop has app1, app2, app3/)
      })
    })

    describe('zdt status', () => {
      test('given a healthy fleet / status, status --json / the VIP, the hosts, the pools', async () => {
        const text = await shop.zdt('status')
        expect(text).toMatchObject({ code: 0, stderr: '' })
        expect(text.stdout).toMatch(/^VIP +public +10\.77\.0\.100 on lb1/m)
        expect(text.stdout).toMatch(/^web1 +nginx 1\.\d+\.\d+ up .*workers/m)
        expect(text.stdout).not.toContain('⚠')
        const json = await shop.zdt('status', '--json')
        expect(json).toMatchObject({ code: 0, stderr: '' })
        expect(JSON.parse(json.stdout)).toMatchObject({
          vips: [{ name: 'public', holders: ['lb1'] }],
          pools: [
            {
              pool: 'shop',
              rows: [
                { host: 'lb1', cells: [{ server: 'app1', state: 'up', differs: false }, {}, {}] },
                { host: 'lb2' },
              ],
            },
            { pool: 'web' },
          ],
        })
        expect((await shop.zdt('status', 'shop')).stdout).not.toContain('web1')
      })

      test('given that lb1 drains app2 and lb2 does not / status / marks it on both', async () => {
        await shop.lb1.order('set server shop/app2 state drain')
        mends.push(() => shop.lb1.order('set server shop/app2 state ready'))
        const { stdout } = await shop.zdt('status', 'shop')
        expect(stdout).toMatch(/^lb1 +up 100 +⚠ drain +up 100$/m)
        expect(stdout).toMatch(/^lb2 +up 100 +⚠ up 100 +up 100$/m)
        expect(stdout).toContain('app2 differs between lb1 and lb2')
      })

      deep(
        'given a websocket on a worker of before a reload / status / shows that worker, and that somebody is on it',
        async () => {
          const client = await shop.client('websocket', `${vip}/shop/live`)
          await shop.on('lb1', 'sudo systemctl reload haproxy')
          expect((await shop.zdt('status', 'lb1')).stdout).toMatch(/1 old worker \(1 connection, [\d.]+ s\)/)
          client.write('close')
          await client.ended
          await expect.poll(async () => (await shop.zdt('status', 'lb1')).stdout, soon).not.toContain('old worker')
        },
      )

      deep(
        'given a dead server, and one that HAProxy does not have / status / says why it is down, and what is not there',
        async () => {
          await shop.on('app3', 'sudo systemctl stop shop')
          await expect.poll(() => shop.states('shop/app3'), soon).toEqual(['DOWN', 'DOWN'])
          const fleet = await shop.fleet((yaml) =>
            yaml.replace('app2: 10.77.0.22:8080', 'app2: 10.77.0.22:8080, app4: 10.77.0.24:8080'),
          )
          const { stdout, code } = await shop.zdt('status', 'shop', '--fleet', fleet)
          expect(code).toBe(0)
          expect(stdout).toMatch(/app3 on lb1: .*connection refused/i)
          expect(stdout).toMatch(/app4 on lb1: not in this backend/)
        },
      )
    })
  })
}
