import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nginxConfig } from '../../../src/daemons/config-daemon.ts'
import { acceptingWorkers, nginxPhase } from '../../../src/daemons/nginx/phase.ts'
import { signalNginx } from '../../../src/daemons/nginx/signals.ts'
import { configOnLab } from '../support/config-on-lab.ts'
import { hostOnLab } from '../support/host-on-lab.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { versions } from '../support/wide.ts'

const inHttp = (lines: string) => (conf: string) => conf.replace(/^http \{/m, `http {\n${lines}\n`)
const atTop = (lines: string) => (conf: string) => `${lines}\n${conf}`

describeOnLab('a configuration of nginx', () => {
  const lab = useLab({ name: 'e2e-nginx-config', flags: ['--hosts', 'web1'] })
  const place = { host: 'web1', daemon: nginxConfig, unit: 'nginx', path: '/etc/nginx/nginx.conf' }
  const on = configOnLab(lab, place)
  const web1 = hostOnLab(lab, 'web1')
  const refusals = async () => nginxConfig.refuseReload(await on.look()).map(({ code }) => code)
  const workers = async () => {
    const { picture } = await on.look()
    const found = nginxPhase(picture)
    return found.phase === 'single' ? acceptingWorkers(picture, found.master).map(({ pid }) => pid) : []
  }

  beforeAll(async () => {
    await on.keep()
    for (const version of ['1.22.1', '1.26.3']) {
      const copy = 'ssh web1 "sudo tee /root/$1 > /dev/null && sudo chmod 755 /root/$1" < "$2"'
      const name = `nginx-${version}`
      expect(await lab.inLab(['sh', '-c', copy, 'copy', name, await lab.binary(name)])).toMatchObject({ code: 0 })
    }
  })

  describe.each(versions(['1.22.1', '1.26.3']))('nginx %s', (version) => {
    beforeEach(async () => {
      await on.put((conf) => conf)
      await on.sh(
        `systemctl stop nginx; cp /root/nginx-${version} /usr/sbin/nginx; systemctl reset-failed nginx; systemctl start nginx`,
      )
      await expect.poll(workers, { timeout: 90_000 }).toHaveLength(2)
    })

    /** What must be as it was after a trial: `-t` on the host would leave logs of root's and touch the pid file. */
    const traces = () =>
      on.sh(
        'ls -lR --time-style=full-iso /run/nginx* /var/log/nginx /etc/nginx/nginx.conf; pgrep -a nginx; ! grep zdt-trial /proc/mounts; ip link',
      )

    test('a good one lives in its trial, warnings are told, and nothing is left of it', async () => {
      const before = await traces()
      const trial = await on.tried((conf) =>
        inHttp('server { listen 8099; server_name a; }\nserver { listen 8099; server_name a; }')(conf)
          .replace(/^error_log .*/m, 'error_log /var/log/nginx/other.log;')
          .replace(/^pid .*/m, 'pid /run/nginx-other.pid;'),
      )
      expect(trial).toMatchObject({ outcome: 'lives', said: '', workers: 2, conflicts: [] })
      expect(trial.warnings).toEqual(['conflicting server name "a" on 0.0.0.0:8099, ignored'])
      expect(trial.listeners.map(({ address }) => address)).toContain('0.0.0.0:8099')
      expect(await traces()).toBe(before)
    })

    test.each([
      ['an empty file', () => '', 'invalid', /no "events" section/],
      ['nothing to listen on', () => 'events {}\n', 'invalid', /listen on no address/],
      ['a typing error', inHttp('bogus on;'), 'invalid', /unknown directive "bogus"/],
      ['a name that nobody knows', inHttp('upstream x { server nowhere.invalid; }'), 'invalid', /host not found/],
      ['an address that is not the host’s', inHttp('server { listen 10.99.0.1:81; }'), 'invalid', /Cannot assign/],
      ['case 3: a missing working directory', atTop('working_directory /nonexistent;'), 'no-workers', /chdir/],
      [
        'no workers',
        (conf: string) => conf.replace(/^worker_processes .*/m, 'worker_processes 0;'),
        'no-workers',
        /^$/,
      ],
      ['case 10: an address that sshd has', inHttp('server { listen 22; }'), 'address-taken', /^$/],
    ])('%s is seen before anything is live', async (_what, edit, outcome, said) => {
      const before = await traces()
      expect(await on.tried(edit)).toMatchObject({ outcome, said: expect.stringMatching(said) })
      expect(await traces()).toBe(before)
    })

    test('a reload is proved', async () => {
      expect(await refusals()).toEqual([])
      const before = await workers()
      await on.put((conf) =>
        inHttp('server { listen 8099; }')(conf).replace('worker_processes 2', 'worker_processes 3'),
      )
      expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
      const after = await workers()
      expect(after).toHaveLength(3)
      expect(after.filter((pid) => before.includes(pid))).toEqual([])
      expect(await on.sh('ss -Hltn')).toMatch(/0\.0\.0\.0:8099/)
    })

    test.each([
      [
        'case 10: a reload that cannot bind',
        inHttp('server { listen 22; }'),
        /goes on with the configuration before/,
        /bind\(\)/,
      ],
      [
        'case 3: a reload that leaves no workers',
        atTop('working_directory /nonexistent;'),
        /without workers/,
        /fatal code/,
      ],
    ])(
      '%s is told with its reason; the file back and another reload are proved',
      async (_what, edit, message, said) => {
        await on.put(edit)
        const verdict = await on.reloaded()
        expect(verdict.failed?.message).toMatch(message)
        expect(verdict.failed?.said).toMatch(said)
        await on.put((conf) => conf)
        expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
        expect(await workers()).toHaveLength(2)
      },
    )

    test('case 11: a missing pid file is refused; a reload of a poisoned master is told for what it is', async () => {
      const found = nginxPhase((await on.look()).picture)
      if (found.phase !== 'single') throw new Error(found.phase)
      await on.sh('mv /run/nginx.pid /root/nginx.pid')
      expect(await refusals()).toEqual(['pid-file-missing'])
      await web1.run(signalNginx('USR2', found.master), { as: 'root' })
      await expect
        .poll(() => on.sh('cat /var/log/nginx/error.log'), { timeout: 90_000 })
        .toMatch(/rename\(\) \/run\/nginx\.pid/)
      await on.sh('mv /root/nginx.pid /run/nginx.pid')
      expect(await refusals()).toEqual([])
      const verdict = await on.reloaded()
      expect(verdict.failed?.message).toMatch(/adds workers without reading its configuration: 2 old and 2 new/)
      expect(await refusals()).toEqual(['too-many-workers'])
    })

    test('a binary that is no longer the one that runs is refused', async () => {
      await on.sh('cp /usr/sbin/nginx /usr/sbin/n; mv /usr/sbin/n /usr/sbin/nginx')
      expect(await refusals()).toEqual(['binary-replaced'])
    })
  })

  test('an nginx that does not run cannot be tried, and is not reloaded', async () => {
    await on.sh('systemctl stop nginx')
    expect((await on.tried((conf) => conf)).outcome).toBe('cannot-be-tried')
    expect(await refusals()).toEqual(['not-running'])
    await expect(nginxConfig.orderReload(web1, await on.look())).rejects.toMatchObject({ code: 'reload-not-sent' })
  })
})
