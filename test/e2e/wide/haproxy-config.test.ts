import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { haproxyConfig } from '../../../src/daemons/config-daemon.ts'
import { hostOnLab } from '../support/host-on-lab.ts'
import { configOnLab } from '../support/config-on-lab.ts'
import { startWrk } from '../support/wrk.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { versions } from '../support/wide.ts'

const more = (lines: string) => (cfg: string) => `${cfg}\n${lines}\n`

describeOnLab('a configuration of HAProxy', () => {
  const lab = useLab({ name: 'e2e-haproxy-config', flags: ['--hosts', 'lb1,web1,web2'] })
  const place = { host: 'lb1', daemon: haproxyConfig, unit: 'haproxy', path: '/etc/haproxy/haproxy.cfg' }
  const on = configOnLab(lab, place)
  const refusals = async () => haproxyConfig.refuseReload(await on.look()).map(({ code }) => code)

  beforeAll(async () => {
    await on.keep()
    for (const version of ['2.6.12', '3.0.11']) {
      const copy = 'ssh lb1 "sudo tee /root/$1 > /dev/null && sudo chmod 755 /root/$1" < "$2"'
      const name = `haproxy-${version}`
      expect(await lab.inLab(['sh', '-c', copy, 'copy', name, await lab.binary(name)])).toMatchObject({ code: 0 })
    }
  })

  describe.each(versions(['2.6.12', '3.0.11']))('HAProxy %s', (version) => {
    const install = () => on.sh(`cp /root/haproxy-${version} /root/h && mv /root/h /usr/sbin/haproxy`)

    beforeAll(async () => {
      await on.put((cfg) => cfg)
      await install()
      await on.sh('systemctl reset-failed haproxy; systemctl restart haproxy')
    })

    beforeEach(async () => {
      await on.put((cfg) => cfg)
      await install()
      await expect.poll(async () => (await on.look()).family?.workers.length, { timeout: 90_000 }).toBe(1)
    })

    /** HAProxy's word for both servers. */
    const states = `echo "show stat web 4 -1" | socat - UNIX-CONNECT:/run/haproxy/admin.sock | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "status") n = i } NR > 1 && NF { print $n }'`
    const up = () => expect.poll(() => on.sh(states), { timeout: 90_000 }).toBe('UP\nUP\n')

    /** What must be as it was after a trial. */
    const traces = () =>
      on.sh(
        'ls -lR --time-style=full-iso /run/haproxy* /var/lib/haproxy /etc/haproxy; pgrep -a haproxy; cat /proc/sys/net/ipv4/ip_nonlocal_bind; ! grep zdt-trial /proc/mounts; ip link',
      )

    test('a good one lives in its trial, and nothing is left of it', async () => {
      const before = await traces()
      const trial = await on.tried(more('listen extra\n bind 10.77.0.11:8099\n server app1 10.77.0.21:8080'))
      expect(trial).toMatchObject({ outcome: 'lives', said: '', warnings: [], workers: 1, conflicts: [] })
      expect(trial.listeners.map(({ address }) => address)).toContain('10.77.0.11:8099')
      expect(await traces()).toBe(before)
    })

    test('the running HAProxy hears nothing of a trial: no log line, no state', async () => {
      const since = (await on.sh('date +%s.%N')).trim()
      await on.tried((cfg) => cfg)
      expect(await on.sh(`journalctl -q -o cat --since @${since} -t haproxy`)).toBe('')
    })

    test.each([
      ['an empty file', () => '', 'invalid', /listen on no address/],
      ['no line end at the end', (cfg: string) => `${cfg}# end`, 'invalid', /Missing LF on last line/],
      ['a typing error', more('listen x\n bnd :81'), 'invalid', /unknown keyword 'bnd'/],
      ['a variable that is not set', more('frontend x\n bind "${ADDR}:8099"'), 'invalid', /ADDR.* is not set/],
      ['a name that nobody knows', more('backend x\n server y nowhere.invalid:80'), 'invalid', /nowhere\.invalid/],
      [
        'case 2: a missing chroot',
        (cfg: string) => cfg.replace(/chroot .*/, 'chroot /nonexistent'),
        'does-not-start',
        /chroot/,
      ],
      ['case 9: an address that sshd has', more('frontend x\n bind :22'), 'address-taken', /^$/],
    ])('%s is seen before anything is live', async (_what, edit, outcome, said) => {
      const before = await traces()
      const trial = await on.tried(edit)
      expect(trial).toMatchObject({ outcome, said: expect.stringMatching(said) })
      if (outcome === 'address-taken') expect(trial.conflicts).toEqual([{ wanted: '0.0.0.0:22', taken: '0.0.0.0:22' }])
      expect(await traces()).toBe(before)
    })

    test('a variable of the running HAProxy is set, one that /etc/default has got since is not: a reload keeps the environment', async () => {
      await on.sh('echo LATER=10.77.0.11 >> /etc/default/haproxy')
      try {
        const bind = (name: string) => more(`frontend x\n bind "\${${name}}"`)
        expect((await on.tried(bind('LATER-:8099'))).outcome).toBe('lives')
        expect((await on.tried(bind('LATER'))).said).toMatch(/LATER.* is not set/)
        expect((await on.tried(more('frontend x\n bind :8099\n http-request set-header x "${PIDFILE}"'))).outcome).toBe(
          'lives',
        )
      } finally {
        await on.sh("sed -i '/^LATER=/d' /etc/default/haproxy")
      }
    })

    test('a name that the host knows is known in the trial', async () => {
      await on.sh('cp /etc/hosts /root/hosts.was; echo 10.77.0.21 somewhere.example >> /etc/hosts')
      try {
        expect((await on.tried(more('backend x\n server y somewhere.example:80'))).outcome).toBe('lives')
      } finally {
        await on.sh('cat /root/hosts.was > /etc/hosts')
      }
    })

    test('a reload is proved', async () => {
      expect(await refusals()).toEqual([])
      await on.put(more('listen extra\n bind 10.77.0.11:8099\n server app1 10.77.0.21:8080'))
      expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
      expect(await on.sh('ss -Hltn')).toMatch(/10\.77\.0\.11:8099/)
    })

    test('case 9: a reload that cannot bind is told with its reason; the file back and another reload are proved', async () => {
      const worker = (await on.look()).worker?.pid
      await on.put(more('frontend x\n bind :22'))
      const verdict = await on.reloaded()
      expect(verdict.failed?.message).toMatch(/could not load the configuration/)
      expect(verdict.failed?.said).toMatch(/cannot bind socket \(Address already in use\)/)
      expect((await on.look()).worker?.pid).toBe(worker)
      await on.put((cfg) => cfg)
      expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
      const healed = await on.look()
      expect(healed.family?.master.failedReloads).toBe(0)
      expect(healed.worker?.pid).not.toBe(worker)
    })

    test('case 24: a binary that may not be executed is refused; a master that lost it is recognised, and healed by file and USR2', async () => {
      await on.sh('chmod -x /usr/sbin/haproxy')
      expect(await refusals()).toEqual(['binary-not-executable'])
      const verdict = await on.reloaded()
      expect(verdict.failed?.message).toMatch(/cannot execute \/usr\/sbin\/haproxy and answers nobody/)
      expect(await refusals()).toEqual(['binary-not-executable', 'master-silent'])
      await on.sh('chmod +x /usr/sbin/haproxy')
      expect(await refusals()).toEqual(['master-silent'])
      expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
      expect(await refusals()).toEqual([])
    })

    test('a binary that is gone, or another version, is refused', async () => {
      await on.sh('mv /usr/sbin/haproxy /root/h')
      expect(await refusals()).toEqual(['binary-missing'])
      const other = version === '2.6.12' ? '3.0.11' : '2.6.12'
      await on.sh(`cp /root/haproxy-${other} /usr/sbin/haproxy`)
      expect(await refusals()).toEqual(['binary-replaced'])
    })

    // Without that option the worker that leaves closes idle connections, and a request that is on its way is lost.
    const kept = (cfg: string) => cfg.replace(/^defaults$/m, 'defaults\n option idle-close-on-response')

    test('under keep-alive load a trial and a reload lose nothing, with idle-close-on-response', async () => {
      await on.put(kept)
      expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
      await up()
      const load = await startWrk(lab, 'http://10.77.0.11/')
      const edit = (cfg: string) => kept(cfg).replace('maxconn 8000', 'maxconn 7000')
      expect((await on.tried(edit)).outcome).toBe('lives')
      await on.put(edit)
      expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
      const { perSecond, ...lost } = await load.stop()
      expect(perSecond).toBeGreaterThan(100)
      expect(lost).toEqual({ errors: 0, not2xx: 0 })
    })
  })

  test('a HAProxy that does not run cannot be tried, and is not reloaded', async () => {
    await on.sh('systemctl stop haproxy')
    try {
      expect((await on.tried((cfg) => cfg)).outcome).toBe('cannot-be-tried')
      expect(await refusals()).toEqual(['not-running'])
      const host = hostOnLab(lab, 'lb1')
      await expect(haproxyConfig.orderReload(host, await on.look())).rejects.toMatchObject({ code: 'reload-not-sent' })
    } finally {
      await on.sh('systemctl start haproxy')
    }
  })
})
