import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { startInLab } from '../support/running.ts'
import { seatStates, webWorld, type WebWorld } from '../support/web-world.ts'
import { startWrk } from '../support/wrk.ts'

describeOnLab('upgrade-nginx: what is mended first, and what is watched while the old master is kept', () => {
  const lab = useLab()
  let before: WebWorld
  let fresh = ''

  const argv = (...flags: string[]) => ['upgrade-nginx', '--host', 'web1', '--binary', fresh, '--yes', ...flags]
  const upgrade = (...flags: string[]) => lab.zdt(argv(...flags), { timeout: 240_000 })
  const start = (...flags: string[]) => startInLab(lab, [join(labPaths(lab.name).bin, 'zdt'), ...argv(...flags)])
  const root = async (script: string) => {
    const { code, stdout, stderr } = await lab.ssh('web1', `sudo sh -c '${script}'`)
    if (code !== 0) throw new Error(`${script}: ${stderr}`)
    return stdout
  }
  const answers = (version: string) => ({ answers: expect.stringContaining(version) as string })
  const whole = { masters: 1, workers: 2, leaving: 0, agreed: true, pidFiles: ['/run/nginx.pid'] }
  const expectUpgraded = async (stdout: string) => {
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    expect(await webWorld(lab, 'web1')).toMatchObject({ ...whole, ...answers('1.26.3') })
    expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
  }

  beforeAll(async () => {
    fresh = await lab.binary('nginx-1.26.3')
    await root('cp -p /usr/sbin/nginx /root/nginx-was; cp -p /etc/nginx/nginx.conf /root/nginx.conf-was')
  })

  // Each test begins with the old nginx, freshly started, and in rotation.
  beforeEach(async () => {
    await root(
      'systemctl stop nginx; pkill -9 -x nginx; rm -f /usr/sbin/nginx.zdt* /run/nginx.pid* /run/web.sock; ' +
        'cp -p /root/nginx-was /usr/sbin/nginx; cp -p /root/nginx.conf-was /etc/nginx/nginx.conf; ' +
        'systemctl reset-failed nginx; systemctl start nginx',
    )
    const order = 'echo "set server web/web1 state ready" | sudo socat - UNIX-CONNECT:/run/haproxy/admin.sock'
    await Promise.all(['lb1', 'lb2'].map((lb) => lab.ssh(lb, order)))
    await expect.poll(() => seatStates(lab, 'web', 'web1'), { timeout: 90_000 }).toEqual(['UP', 'UP'])
    before = await webWorld(lab, 'web1')
    expect(before).toMatchObject({ ...whole, ...answers('1.22.1') })
  })

  const poison = 'old=$(cat /run/nginx.pid); rm /run/nginx.pid; kill -USR2 $old; sleep 1; kill -HUP $old'
  const workers = (count: number) =>
    expect.poll(async () => (await webWorld(lab, 'web1')).workers, { timeout: 30_000 }).toBe(count)

  test.each([
    ['a leftover .oldbin', 'echo 4242 > /run/nginx.pid.oldbin', 2, /oldbin is left/],
    ['a missing pid file', 'rm /run/nginx.pid', 2, /pid file \S+ is missing/],
    ['a pid file that names another', 'echo 1 > /run/nginx.pid', 2, /names 1, but the master is/],
    ['a poisoned master', poison, 4, /the master is poisoned/],
    ['all of it', `${poison}; echo 4242 > /run/nginx.pid.oldbin`, 4, /oldbin is left/],
  ])('%s is refused, and with --repair mended and upgraded', async (_accident, spoil, left, sentence) => {
    await root(spoil)
    await workers(left)
    const spoilt = await webWorld(lab, 'web1')
    const refused = await upgrade()
    expect(refused.code).toBe(3)
    expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(sentence)
    expect(refused.stderr).toContain('Next: the same with --repair')
    expect(await webWorld(lab, 'web1')).toEqual(spoilt)
    const { stdout, stderr } = await upgrade('--repair', '--json', '--probe', 'fleet')
    expect(stderr).toContain('is mended first')
    await expectUpgraded(stdout)
  })

  test('workers without a master: told to end, waited for with their last client, then upgraded', async () => {
    await root('kill -USR2 $(cat /run/nginx.pid)')
    await workers(4)
    await root('kill -WINCH $(cat /run/nginx.pid.oldbin)')
    await workers(2)
    const client = lab.inLab(['curl', '-s', '-o', '/dev/null', 'http://10.77.0.13/shop/download?ms=40000'])
    await expect.poll(() => root('ss -Htn state established sport = :80')).toContain('10.77.0.13:80')
    await root('kill -9 $(cat /run/nginx.pid)')
    await workers(4)
    const running = await start('--repair', '--json', '--probe', 'fleet')
    await running.said(/worker \d+ ends with its last connection/)
    expect(await webWorld(lab, 'web1')).toMatchObject({ masters: 1, workers: 2, leaving: 1 })
    expect(await client).toMatchObject({ code: 0 })
    const { stdout } = await running.ended
    await expectUpgraded(stdout)
  })

  test('what was mended stays when the upgrade is put back: a HUP adds no workers any more', async () => {
    await root(poison)
    await workers(4)
    const running = await start('--repair', '--hold', '60s')
    await running.said(/WINCH: only the new workers accept ✔/)
    await root('kill -9 $(cat /run/nginx.pid)')
    const { code, stdout } = await running.ended
    expect(stdout).toContain('everything but what was mended is as it was')
    expect(code).toBe(4)
    expect(await webWorld(lab, 'web1')).toEqual(before)
    await root('kill -HUP $(cat /run/nginx.pid); sleep 2')
    expect(await webWorld(lab, 'web1')).toEqual(before)
  })

  test('a listener on a unix socket lives through the upgrade and its way back', async () => {
    await root('sed -i "s#listen 80;#listen 80; listen unix:/run/web.sock;#" /etc/nginx/nginx.conf; nginx -s reload')
    const asked = () => root('printf "GET / HTTP/1.0\\r\\n\\r\\n" | socat - UNIX-CONNECT:/run/web.sock')
    await expect.poll(asked).toContain('1.22.1')
    const { stdout } = await upgrade('--json', '--probe', 'fleet')
    await expectUpgraded(stdout)
    expect(await asked()).toContain('1.26.3')
    const { run } = JSON.parse(stdout) as { run: string }
    expect(await lab.zdt(['rollback', run, '--yes'], { timeout: 240_000 })).toMatchObject({ code: 0 })
    expect(await asked()).toContain('1.22.1')
  })

  test('a unix socket that nobody listens on any more, and the configuration wants: seen by the trial start', async () => {
    await root(
      '(socat UNIX-LISTEN:/run/web.sock - & echo $! > /run/socat.pid); sleep 1; kill -9 $(cat /run/socat.pid); ' +
        'sed -i "s#listen 80;#listen 80; listen unix:/run/web.sock;#" /etc/nginx/nginx.conf',
    )
    const { code, stdout } = await upgrade()
    expect(stdout).toContain('bind() to unix:/run/web.sock failed')
    expect(code).toBe(4)
    expect(await webWorld(lab, 'web1')).toEqual(before)
  })

  test('reuseport and fewer workers after the change: refused, as sockets would close with connections in them', async () => {
    await root('sed -i "s/listen 80;/listen 80 reuseport;/" /etc/nginx/nginx.conf; systemctl restart nginx')
    await root('sed -i "s/worker_processes 2;/worker_processes 1;/" /etc/nginx/nginx.conf')
    const { code, stderr } = await upgrade('--repair')
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      '0.0.0.0:80 has 2 sockets, one a worker, but 1 workers are configured',
    )
    expect(code).toBe(3)
  })

  test('while the old master is kept: more 5xx of its seats than before, and it serves again at once', async () => {
    // What only the newer one does, and its check does not see.
    const split = 'split_clients "$request_id" $part { 30% some; * rest; }'
    const map = 'map "$nginx_version $part" $bad { default 0; "~^1[.]26.* some" 1; }'
    const conf = await root('cat /etc/nginx/nginx.conf')
    const bad = conf
      .replace('http {', `http { ${split} ${map}`)
      .replace('location / {', 'location / { if ($bad) { return 500; }')
    expect((await lab.ssh('web1', 'sudo tee /etc/nginx/nginx.conf > /dev/null', { input: bad })).code).toBe(0)
    await root('nginx -s reload')
    const wrk = await startWrk(lab, 'http://10.77.0.100/', 'paced')
    const { code, stdout } = await upgrade('--keep-old', '5m', '--json', '--probe', 'fleet')
    const { not2xx, errors } = await wrk.stop()
    expect(JSON.parse(stdout)).toMatchObject({
      ended: 'put-back',
      error: { message: expect.stringMatching(/^web\/web1: [23]\d\.\d % of [\d,]+ answers are 5xx$/) as string },
      probe: { total: { lost: 0 } },
    })
    expect(code).toBe(4)
    expect(not2xx).toBeGreaterThan(0)
    expect(errors).toBe(0)
    expect(await webWorld(lab, 'web1')).toEqual(before)
    expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
  })
})
