import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { labPaths, packageDir } from '../../src/lab/paths.ts'
import { describeOnLab, useLab } from './support/lab.ts'
import { startInLab } from './support/running.ts'
import { deep, isWide } from './support/wide.ts'
import { seatStates, webWorld, type WebWorld } from './support/web-world.ts'

describeOnLab('upgrade-nginx', () => {
  const lab = useLab({ name: 'e2e-upgrade' })
  let before: WebWorld
  let fresh = ''

  const upgrade = (...flags: string[]) =>
    lab.zdt(['upgrade-nginx', '--host', 'web1', '--binary', fresh, '--yes', ...flags], { timeout: 240_000 })
  const root = async (script: string) => {
    const { code, stderr } = await lab.ssh('web1', `sudo sh -c '${script}'`)
    if (code !== 0) throw new Error(`${script}: ${stderr}`)
  }
  /** Beside the test, until its progress says so. */
  const upgradeUntil = async (said: RegExp, ...flags: string[]) => {
    const zdt = join(labPaths(lab.name).bin, 'zdt')
    const argv = [zdt, 'upgrade-nginx', '--host', 'web1', '--binary', fresh, '--yes', '--json', ...flags]
    const running = await startInLab(lab, argv)
    await running.said(said)
    return running
  }
  const winched = /WINCH: only the new workers accept ✔/
  const expectAsBefore = async () => {
    expect(await webWorld(lab, 'web1')).toEqual(before)
    expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
  }

  beforeAll(async () => {
    fresh = await lab.binary('nginx-1.26.3')
    await root('cp -p /usr/sbin/nginx /root/nginx-was; cp -p /etc/nginx/nginx.conf /root/nginx.conf-was')
  })

  // Each test begins with the old nginx, freshly started, and in rotation.
  beforeEach(async () => {
    await root(
      'systemctl stop nginx; pkill -9 -x nginx; rm -f /usr/sbin/nginx.zdt* /run/nginx.pid*; cp -p /root/nginx-was /usr/sbin/nginx; ' +
        'cp -p /root/nginx.conf-was /etc/nginx/nginx.conf; rm -rf /etc/systemd/system/nginx.service.d; ' +
        'systemctl daemon-reload; systemctl reset-failed nginx; systemctl start nginx',
    )
    const order = 'echo "set server web/web1 state ready" | sudo socat - UNIX-CONNECT:/run/haproxy/admin.sock'
    await Promise.all(['lb1', 'lb2'].map((lb) => lab.ssh(lb, order)))
    await expect.poll(() => seatStates(lab, 'web', 'web1'), { timeout: 90_000 }).toEqual(['UP', 'UP'])
    before = await webWorld(lab, 'web1')
    expect(before).toMatchObject({ masters: 1, workers: 2, agreed: true, answers: expect.stringContaining('1.22.1') })
  })

  const phases = [
    ['phase 1, both accept', 'WINCH'],
    ['phase 2, only the new workers accept', 'QUIT'],
    ['phase 4, the old master gone', 'set server web/web1 state ready'],
  ] as const
  const earlier = [
    ['only uploaded', 'set server web/web1 state drain'],
    ['replaced on disk', 'USR2'],
  ] as const
  deep.each([...earlier, ...phases])(
    'put back when %s: binary, workers, pid file and systemd as before',
    async (_phase, at) => {
      const script = join(packageDir, 'test/e2e/support/upgrade-until.ts')
      const { stdout, stderr } = await lab.inLab([process.execPath, script, 'web1', fresh, at], { timeout: 240_000 })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toMatchObject({ ended: 'put-back', left: [] })
      await expectAsBefore()
    },
  )

  const both = () => ['upgrade-nginx', '--host', 'web', '--binary', fresh, '--yes', '--json', '--probe', 'fleet']
  deep('two hosts, one after the other: where the second fails, both are put back', async () => {
    const second = await webWorld(lab, 'web2')
    const zdt = await startInLab(lab, [join(labPaths(lab.name).bin, 'zdt'), ...both(), '--hold', '2s'])
    // web2 is in its hold when web1 has long been upgraded.
    await zdt.said(/WINCH: only the new workers accept ✔[^]*WINCH: only the new workers accept ✔/)
    const killed = await lab.ssh('web2', 'sudo sh -c "kill -9 $(cat /run/nginx.pid)"')
    expect(killed.code).toBe(0)
    const { code, stdout } = await zdt.ended
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    expect(code).toBe(4)
    await expectAsBefore()
    expect(await webWorld(lab, 'web2')).toEqual(second)
  })

  deep('two hosts, one after the other: each is upgraded, once; and rolled back', async () => {
    const second = await webWorld(lab, 'web2')
    const done = await lab.zdt(both(), { timeout: 240_000 })
    expect(JSON.parse(done.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    for (const host of ['web1', 'web2'])
      expect(await webWorld(lab, host)).toMatchObject({ answers: expect.stringContaining('1.26.3') as string })
    expect(await lab.zdt(both(), { timeout: 240_000 })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('web1, web2 run this very nginx 1.26.3 already') as string,
    })
    const run = (JSON.parse(done.stdout) as { run: string }).run
    expect(await lab.zdt(['rollback', run, '--yes'], { timeout: 240_000 })).toMatchObject({ code: 0 })
    await expectAsBefore()
    expect(await webWorld(lab, 'web2')).toEqual(second)
  })

  deep('the old master is kept while the host serves again: a rollback then has it serve again at once', async () => {
    const running = await upgradeUntil(
      /keep the old master for 4 m.* waits up to/,
      '--keep-old',
      '4m',
      '--probe',
      'fleet',
    )
    expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
    const kept = await webWorld(lab, 'web1')
    expect(kept).toMatchObject({ masters: 2, workers: 2, answers: expect.stringContaining('1.26.3') as string })
    running.signal('SIGTERM')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    const run = (JSON.parse(stdout) as { run: string }).run
    const back = await lab.zdt(['rollback', run, '--yes', '--json'], { timeout: 240_000 })
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    await expectAsBefore()

    const done = await upgrade('--keep-old', '2s', '--json')
    expect(JSON.parse(done.stdout)).toMatchObject({ ended: 'done' })
    expect(await webWorld(lab, 'web1')).toMatchObject({ masters: 1, workers: 2, agreed: true })
    expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
  })

  deep('a new master killed in phase 2 leaves no worker of its own, and the old one serves again', async () => {
    const running = await upgradeUntil(winched, '--hold', '30s')
    await root('kill -9 $(cat /run/nginx.pid)')
    const { code, stdout } = await running.ended
    expect(code).toBe(4)
    expect(stdout).toContain('the new master did not last')
    await expectAsBefore()
  })

  deep(
    'the old master killed in phase 2: there is nothing to go back to and nothing to end; the new one serves, whole',
    async () => {
      const running = await upgradeUntil(winched, '--hold', '20s')
      await root('kill -9 $(cat /run/nginx.pid.oldbin)')
      expect(await running.ended).toMatchObject({ code: 0 })
      const after = await webWorld(lab, 'web1')
      expect(after).toMatchObject({ masters: 1, workers: 2, leaving: 0, agreed: true, pidFiles: ['/run/nginx.pid'] })
      expect(after.answers).toContain('1.26.3')
      expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
    },
  )

  deep(
    'nginx restarted by hand in the hold is recognised: the way back is a whole upgrade to the old one',
    async () => {
      const running = await upgradeUntil(winched, '--hold', '20s')
      await root('systemctl restart nginx')
      const { code, stdout } = await running.ended
      expect([0, 4], stdout).toContain(code)
      const { run } = JSON.parse(stdout) as { run: string }
      if (code === 0) expect(await lab.zdt(['rollback', run, '--yes'], { timeout: 240_000 })).toMatchObject({ code: 0 })
      await expectAsBefore()
    },
  )

  deep('the binary changed by hand since: a rollback overwrites nothing that nobody has a copy of', async () => {
    const done = await upgrade('--json')
    const { run } = JSON.parse(done.stdout) as { run: string }
    await root('cp -p /usr/sbin/nginx /usr/sbin/n; echo >> /usr/sbin/n; mv /usr/sbin/n /usr/sbin/nginx')
    const theirs = (await webWorld(lab, 'web1')).sha256
    const refused = await lab.zdt(['rollback', run, '--yes'], { timeout: 240_000 })
    expect(refused.code).toBe(5)
    expect(`${refused.stdout}${refused.stderr}`).toContain('somebody else has changed it')
    expect((await webWorld(lab, 'web1')).sha256).toBe(theirs)
    await root('mv /usr/sbin/nginx /root/nginx.other')
    expect(await lab.zdt(['rollback', run, '--yes'], { timeout: 240_000 })).toMatchObject({ code: 0 })
    await expectAsBefore()
  })

  deep('the new master killed while the old one lingers: never called done', async () => {
    const holder = startHolder()
    const running = await upgradeUntil(/the old master has gone.* waits up to/, '--on-failure', 'pause')
    await root('kill -9 $(cat /run/nginx.pid)')
    const { code, stdout } = await running.ended
    await holder.end()
    expect(code).toBe(5)
    expect(stdout).toMatch(/did not last|no nginx runs/)
    expect((await lab.zdt(['lock', '--json'])).stdout).not.toContain('"held"')
  })

  deep(
    'an address that is taken meanwhile: the new master dies after 2.5 s, nothing is lost, all is put back',
    async () => {
      await root(
        'sed -i "s/listen 80 /listen 9999; listen 80 /; s/listen 80;/listen 9999; listen 80;/" /etc/nginx/nginx.conf; (socat TCP-LISTEN:9999,fork,reuseaddr /dev/null >/dev/null 2>&1 & echo $! > /run/taker.pid)',
      )
      try {
        const tried = await upgrade()
        expect(tried.code).toBe(4)
        expect(tried.stdout).toContain('9999')
        await expectAsBefore()
        const { code, stdout } = await upgrade('--without-trial')
        expect(code).toBe(4)
        expect(stdout).toContain('Address already in use')
        await expectAsBefore()
      } finally {
        await root('kill $(cat /run/taker.pid); rm /run/taker.pid')
      }
    },
  )

  test('a configuration that passes -t and has no workers is seen by the trial start', async () => {
    await root('sed -i "1i working_directory /nonexistent;" /etc/nginx/nginx.conf; nginx -t')
    const { code, stdout } = await upgrade()
    expect(code).toBe(4)
    expect(stdout).toContain('no workers')
    await expectAsBefore()
  })

  deep(
    'an old master that lingers with a client: named while waited for, left or ended as told; a second upgrade is refused',
    async () => {
      const holder = startHolder()
      try {
        const { code, stderr } = await upgrade('--timeout', '3s', '--on-timeout', 'leave')
        expect(code).toBe(5)
        expect(stderr).toMatch(/old master \d+ ends with its 1 worker/)
        const second = await upgrade()
        expect(second.code).toBe(3)
        expect(second.stderr).toMatch(/the master before, \d+, still waits for its last/)
      } finally {
        await holder.end()
      }
      await expect.poll(async () => (await webWorld(lab, 'web1')).masters, { timeout: 90_000 }).toBe(1)
      expect(await webWorld(lab, 'web1')).toMatchObject({ workers: 2, leaving: 0, agreed: true })
    },
  )

  /** A client of web1's own, past the load balancers, whose answer trickles in for longer than any test. */
  function startHolder() {
    const url = 'http://10.77.0.13/shop/download?ms=240000'
    const ended = lab.inLab(['timeout', '240', 'curl', '-s', url])
    return {
      end: async () => {
        await lab.inLab(['pkill', '-f', `curl -s ${url.replace('?', '.')}`])
        await ended
      },
    }
  }

  const unfit: [string, string, RegExp][] = [
    [
      'a unit without PIDFile (case 4)',
      'mkdir -p /etc/systemd/system/nginx.service.d; printf "[Service]\\nPIDFile=\\n" > /etc/systemd/system/nginx.service.d/x.conf; systemctl daemon-reload; systemctl restart nginx',
      /PIDFile/,
    ],
    ['a missing pid file (case 11)', 'rm /run/nginx.pid', /pid file/],
    ['a leftover .oldbin', 'echo 1 > /run/nginx.pid.oldbin', /oldbin/],
    [
      'daemon off (case 22)',
      'mkdir -p /etc/systemd/system/nginx.service.d; printf "[Service]\\nType=simple\\nExecStart=\\nExecStart=/usr/sbin/nginx -g \\"daemon off;\\"\\n" > /etc/systemd/system/nginx.service.d/x.conf; systemctl daemon-reload; systemctl restart nginx',
      /daemon off|Type=simple/,
    ],
    ['a bare argv[0] (case 22)', 'systemctl stop nginx; cd /usr/sbin; PATH=/usr/sbin:$PATH nginx', /without a path/],
    ['nginx that does not run', 'systemctl stop nginx', /not run|no master|runs no nginx/i],
  ]
  test.each(isWide ? unfit : unfit.filter(([what]) => what === 'a leftover .oldbin'))(
    '%s is refused before anything is touched',
    async (_world, spoil, sentence) => {
      await root(spoil)
      await expect.poll(async () => (await webWorld(lab, 'web1')).masters >= 0).toBe(true)
      const spoilt = await webWorld(lab, 'web1')
      const { code, stderr } = await upgrade()
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(sentence)
      expect(stderr).toContain('Nothing was changed.')
      expect(code).toBe(3)
      expect(await webWorld(lab, 'web1')).toEqual(spoilt)
      await root('if [ -e /run/nginx.pid ]; then kill -QUIT $(cat /run/nginx.pid) || true; fi')
    },
  )

  deep('binaries that are none are refused: text, another architecture, a missing library, no nginx', async () => {
    const nginx = await readFile(fresh)
    const foreign = Buffer.from(nginx)
    foreign.writeUInt16LE(183, 18)
    const lame = Buffer.from(nginx)
    const at = lame.indexOf('libcrypt.so.1')
    expect(at).toBeGreaterThan(0)
    lame.write('libcrypX', at)
    const cases: [string, Buffer | string, number, RegExp][] = [
      ['text', 'nginx/1.26.3\n', 2, /a text file, not a program/],
      ['foreign', foreign, 2, /built for aarch64, but the host is x86_64/],
      ['other', await readFile('/bin/true'), 2, /no nginx/],
      ['lame', lame, 4, /libcrypX/],
    ]
    for (const [name, content, exit, sentence] of cases) {
      const file = join(tmpdir(), `zdt-e2e-${name}`)
      await writeFile(file, content)
      const { code, stdout, stderr } = await lab.zdt(['upgrade-nginx', '--host', 'web1', '--binary', file, '--yes'])
      await rm(file)
      expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toMatch(sentence)
      expect(code).toBe(exit)
    }
    await expectAsBefore()
  })
})
