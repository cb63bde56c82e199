import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import type { Tally } from '../../../src/probe/ledger.ts'
import type { Came } from '../support/downloads.ts'
import { fromOutside } from '../support/from-outside.ts'
import { haproxyWorld } from '../support/haproxy-world.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { nginxOfForky } from '../support/nginx-of-forky.ts'
import { makePem } from '../support/pem.ts'
import { startInLab } from '../support/running.ts'
import { printed } from '../support/shop.ts'
import { seatStates, webWorld } from '../support/web-world.ts'

const support = (name: string) => fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url))
const minute = 60_000
const bytes = 6_000_000
const given = { timeout: 10 * minute }

describeOnLab('what was begun before an upgrade comes to its end', () => {
  const lab = useLab()

  // TLS with HTTP/2, at nginx itself and at HAProxy.
  beforeAll(async () => {
    const { certificate, key } = await makePem()
    const pem = Buffer.from(certificate + key).toString('base64')
    const bind = 'bind 10.77.0.100:8443 ssl crt /etc/haproxy/e2e.pem alpn h2,http/1.1'
    await Promise.all([
      ...['lb1', 'lb2'].map((lb) =>
        fromOutside(
          lab,
          lb,
          `echo ${pem} | base64 -d > /etc/haproxy/e2e.pem
          sed -i 's#^frontend public#&\\n    ${bind}#' /etc/haproxy/haproxy.cfg && systemctl restart haproxy`,
        ),
      ),
      fromOutside(
        lab,
        'web1',
        `echo ${pem} | base64 -d > /etc/nginx/e2e.pem
        sed -i 's#listen 80;#& listen 8443 ssl http2; ssl_certificate e2e.pem; ssl_certificate_key e2e.pem;#' /etc/nginx/nginx.conf
        systemctl restart nginx`,
      ),
    ])
  }, minute)
  beforeEach(async () => {
    await expect.poll(() => seatStates(lab, 'web', 'web1'), { timeout: minute }).toEqual(['UP', 'UP'])
    await expect.poll(() => seatStates(lab, 'shop', 'app1'), { timeout: minute }).toEqual(['UP', 'UP'])
  })

  const begin = async (name: string, ...words: string[]) => {
    const one = await startInLab(lab, [process.execPath, support(name), ...words], given)
    await one.said(/^(begun|asking|open \d+)$/m)
    return one
  }
  /** A minute each. */
  const downloads = (origin: string, path: string, many: number) =>
    begin('downloads', ...Array.from({ length: many }, () => `${origin}${path}/download?bytes=${bytes}&ms=${minute}`))
  const whole = async (one: Awaited<ReturnType<typeof begin>>) => {
    const { stdout } = await one.ended
    const came = JSON.parse(stdout.split('\n')[1] ?? '') as Came[]
    expect(came.map(({ bytes: got, broken }) => [got, broken])).toEqual(came.map(() => [bytes, null]))
  }
  const echoes = async (websocket: Awaited<ReturnType<typeof begin>>, text: string) => {
    websocket.write(`say ${text}`)
    await websocket.said(new RegExp(`^heard .*${text}`, 'm'))
  }
  const closed = async (websocket: Awaited<ReturnType<typeof begin>>) => {
    websocket.write('close')
    expect((await websocket.ended).stdout).not.toContain('broken')
  }
  const zdt = (...argv: string[]) =>
    startInLab(lab, [join(labPaths(lab.name).bin, 'zdt'), ...argv, '--yes', '--json', '--probe', 'fleet'], given)
  const done = async (run: Awaited<ReturnType<typeof zdt>>, ended: 'done' | 'put-back') => {
    const { code, stdout } = await run.ended
    expect(printed(stdout), run.stderr()).toMatchObject({ ended, probe: { total: { lost: 0 } } })
    expect(code).toBe(0)
    return (JSON.parse(stdout) as { run: string }).run
  }
  const upgradeNginx = async () =>
    zdt('upgrade-nginx', '--host', 'web1', '--binary', await lab.binary('nginx-1.26.3'), '--timeout', '5m')

  test(
    'nginx, through the VIP: downloads of a minute, HTTP/2 streams and a websocket are waited for',
    async () => {
      const [plain, streams, websocket] = await Promise.all([
        downloads('http://10.77.0.100', '/cart', 4),
        downloads('https://10.77.0.100:8443', '/cart', 4),
        begin('live-client', 'websocket', 'http://10.77.0.100/cart/live'),
      ])
      const run = await upgradeNginx()
      await run.said(/nobody is connected to web\/web1 … /)
      await echoes(websocket, 'in the middle')
      await Promise.all([whole(plain), whole(streams)])
      await echoes(websocket, 'at the end')
      await closed(websocket)
      const id = await done(run, 'done')
      expect((await webWorld(lab, 'web1')).answers).toContain('1.26.3')
      await done(await zdt('rollback', id), 'put-back')
      expect((await webWorld(lab, 'web1')).answers).toContain('1.22.1')
    },
    8 * minute,
  )

  test(
    'nginx, by clients of its own whom nobody drains: the old workers serve them to their end, idle connections are healed by one retry',
    async () => {
      const busy = await begin('busy-clients', 'http://10.77.0.13/', '10')
      const [plain, streams, websocket] = await Promise.all([
        downloads('http://10.77.0.13', '/shop', 2),
        downloads('https://10.77.0.13:8443', '/shop', 3),
        begin('live-client', 'websocket', 'http://10.77.0.13/shop/live'),
      ])
      const run = await upgradeNginx()
      await run.said(/old master \d+ ends with its/)
      expect((await webWorld(lab, 'web1')).answers).toContain('1.26.3')
      await echoes(websocket, 'by an old worker')
      await Promise.all([whole(plain), whole(streams)])
      await closed(websocket)
      const id = await done(run, 'done')
      await done(await zdt('rollback', id), 'put-back')
      busy.end()
      const tally = JSON.parse((await busy.ended).stdout.split('\n').at(-2) ?? '') as Tally
      expect(tally).toMatchObject({ lost: 0, unexpected: {} })
      // Each connection is closed once a change of master, with a request on its way.
      expect(tally.retried).toBeGreaterThan(0)
      expect(tally.sent).toBeGreaterThan(1000)
    },
    8 * minute,
  )

  test(
    'from an nginx that has keepalive_min_timeout, nobody has to ask twice',
    async () => {
      const newest = await nginxOfForky()
      const other = join(tmpdir(), `zdt-e2e-other-${lab.name}`)
      await writeFile(other, Buffer.concat([await readFile(newest), Buffer.from(' ')]), { mode: 0o755 })
      const copied = await lab.inLab(['scp', '-q', newest, 'web1:/tmp/newest'])
      expect(copied.code).toBe(0)
      await fromOutside(
        lab,
        'web1',
        `cp -p /usr/sbin/nginx /root/nginx-was; cp -p /etc/nginx/nginx.conf /root/nginx.conf-was
        systemctl stop nginx; install -m 755 /tmp/newest /usr/sbin/nginx
        sed -i 's#^http {#&\\n    keepalive_min_timeout 10s;#' /etc/nginx/nginx.conf; systemctl start nginx`,
      )
      const busy = await begin('busy-clients', 'http://10.77.0.13/', '10')
      await done(await zdt('upgrade-nginx', '--host', 'web1', '--binary', other, '--timeout', '5m'), 'done')
      busy.end()
      const tally = JSON.parse((await busy.ended).stdout.split('\n').at(-2) ?? '') as Tally
      expect(tally).toMatchObject({ lost: 0, retried: 0, unexpected: {} })
      expect(tally.sent).toBeGreaterThan(1000)
      await fromOutside(
        lab,
        'web1',
        `systemctl stop nginx; cp -p /root/nginx-was /usr/sbin/nginx; cp -p /root/nginx.conf-was /etc/nginx/nginx.conf
        systemctl start nginx`,
      )
      await rm(other)
    },
    8 * minute,
  )

  test(
    'HAProxy on the VIP’s holder, there and back: downloads of a minute, HTTP/2 streams and a websocket end well on the old worker',
    async () => {
      const was = await haproxyWorld(lab, 'lb1')
      const under = async (work: () => Promise<Awaited<ReturnType<typeof zdt>>>, ended: 'done' | 'put-back') => {
        const [plain, streams, websocket] = await Promise.all([
          downloads('http://10.77.0.100', '/shop', 3),
          downloads('https://10.77.0.100:8443', '/shop', 3),
          begin('live-client', 'websocket', 'http://10.77.0.100/shop/live'),
        ])
        const id = await done(await work(), ended)
        await echoes(websocket, 'by an old worker')
        await Promise.all([whole(plain), whole(streams)])
        await closed(websocket)
        return id
      }
      const binary = await lab.binary('haproxy-2.6.12')
      const id = await under(
        () => zdt('upgrade-haproxy', '--host', 'lb1', '--in-place', '--binary', binary, '--hold', '2s'),
        'done',
      )
      expect((await haproxyWorld(lab, 'lb1')).binary).not.toBe(was.binary)
      await under(() => zdt('rollback', id), 'put-back')
      expect(await haproxyWorld(lab, 'lb1')).toMatchObject({ binary: was.binary, runs: was.runs })
    },
    8 * minute,
  )
})
