import { beforeAll, beforeEach, expect, test } from 'vitest'
import { candidateOn } from '../../../src/daemons/nginx/candidate.ts'
import { nginxConflicts } from '../../../src/daemons/nginx/conflicts.ts'
import { readNginxLog } from '../../../src/daemons/nginx/log.ts'
import { acceptingWorkers, nginxPhase, orphans, pidFileOf, type NginxPhase } from '../../../src/daemons/nginx/phase.ts'
import { nginxPicture, type NginxMaster } from '../../../src/daemons/nginx/picture.ts'
import { preflight } from '../../../src/daemons/nginx/preflight.ts'
import { signalNginx, type NginxSignal } from '../../../src/daemons/nginx/signals.ts'
import { notTheSame } from '../../../src/daemons/signal-process.ts'
import { tryNginxOn } from '../../../src/daemons/nginx/trial.ts'
import { hostOnLab } from '../support/host-on-lab.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

/** On a machine that is busy with other labs a round trip may take a second. */
const patience = 20_000
const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: patience })

describeOnLab('nginx 1.22.1 → 1.26.3 under a real systemd', () => {
  const lab = useLab({ name: 'e2e-nginx', flags: ['--hosts', 'web1'] })
  const web1 = hostOnLab(lab, 'web1')

  const sh = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await web1.run(['sh', '-c', script], { as: 'root' })
    if (code !== 0) throw new Error(`${script}: ${stderr.toString()}`)
    return stdout.toString()
  }
  const install = (version: string) =>
    sh(`cp -p /root/nginx-${version} /usr/sbin/nginx.n && mv /usr/sbin/nginx.n /usr/sbin/nginx`)
  const send = async (signal: NginxSignal, to: NginxMaster) => {
    const { code, stderr } = await web1.run(signalNginx(signal, to), { as: 'root' })
    if (code !== 0) throw new Error(stderr.toString())
  }
  const look = async () => {
    const picture = await nginxPicture(web1)
    return { picture, found: nginxPhase(picture) }
  }
  /** Looks until the phase is `wanted`. */
  const until = async <P extends NginxPhase['phase']>(wanted: P): Promise<Extract<NginxPhase, { phase: P }>> => {
    const deadline = Date.now() + patience
    while (Date.now() < deadline) {
      const { found } = await look()
      if (found.phase === wanted) return found as Extract<NginxPhase, { phase: P }>
    }
    const { picture, found } = await look()
    throw new Error(`still ${found.phase}, not ${wanted}: ${JSON.stringify(picture)}`)
  }
  const usr2 = async () => {
    const { master } = await until('single')
    await install('1.26.3')
    await send('USR2', master)
    return await until('both-accept')
  }
  const expectOneWhole = async (version: string) => {
    const { picture, found } = await look()
    if (found.phase !== 'single') throw new Error(`phase ${found.phase}`)
    const { master } = found
    expect(master.version?.text).toBe(version)
    expect(acceptingWorkers(picture, master)).toHaveLength(master.settings?.workers ?? -1)
    expect(orphans(picture)).toEqual([])
    expect(pidFileOf(picture, master).pid).toBe(master.pid)
    expect(picture.unit).toMatchObject({ mainPid: master.pid, activeState: 'active' })
    return master
  }

  beforeAll(async () => {
    for (const version of ['1.22.1', '1.26.3']) {
      const script = 'ssh web1 "sudo tee /root/$1 > /dev/null && sudo chmod 755 /root/$1" < "$2"'
      const name = `nginx-${version}`
      expect(await lab.inLab(['sh', '-c', script, 'copy', name, await lab.binary(name)])).toMatchObject({ code: 0 })
    }
    await sh('cp /etc/nginx/nginx.conf /root/nginx.conf.was')
  })

  beforeEach(async () => {
    await sh(
      'systemctl stop nginx; killall -q -9 nginx || pkill -9 -x nginx; rm -f /run/nginx.pid /run/nginx.pid.oldbin; cp /root/nginx.conf.was /etc/nginx/nginx.conf',
    )
    await install('1.22.1')
    await sh('systemctl reset-failed nginx; systemctl start nginx')
    await until('single')
  })

  test('there: USR2, WINCH, QUIT; and all the way back', async () => {
    expect(preflight((await look()).picture)).toEqual([])
    const { old, fresh } = await usr2()
    expect(fresh.version?.text).toBe('1.26.3')
    expect(fresh.listeners.map(({ inode }) => inode)).toEqual(old.listeners.map(({ inode }) => inode))
    await send('WINCH', old)
    expect((await until('winched')).fresh.pid).toBe(fresh.pid)
    await send('QUIT', old)
    await until('single')
    await eventually(async () => (await look()).picture.unit.mainPid).toBe(fresh.pid)
    const upgraded = await expectOneWhole('1.26.3')
    await install('1.22.1')
    await send('USR2', upgraded)
    const back = await until('both-accept')
    await send('WINCH', back.old)
    await until('winched')
    await send('QUIT', back.old)
    await until('single')
    await eventually(async () => (await look()).picture.unit.mainPid).toBe(back.fresh.pid)
    await expectOneWhole('1.22.1')
  })

  test('back from phase 1: QUIT the new master', async () => {
    const { old, fresh } = await usr2()
    await install('1.22.1')
    await send('QUIT', fresh)
    expect((await until('single')).master.pid).toBe(old.pid)
    await expectOneWhole('1.22.1')
  })

  test('back from phase 2: HUP the old master, then QUIT the new one', async () => {
    const { old, fresh } = await usr2()
    await send('WINCH', old)
    await until('winched')
    await install('1.22.1')
    await send('HUP', old)
    await until('both-accept')
    await send('QUIT', fresh)
    expect((await until('single')).master.pid).toBe(old.pid)
    await expectOneWhole('1.22.1')
  })

  test('case 12: a new master that cannot bind is seen before USR2, and in the log after', async () => {
    const { master } = await until('single')
    await sh('sed -i "s/^http {/http { server { listen 22; }/" /etc/nginx/nginx.conf')
    const trial = await tryNginxOn(web1, '/root/nginx-1.26.3', master)
    expect(trial.outcome).toBe('lives')
    expect(nginxConflicts(trial.listeners, master)).toEqual([{ wanted: '0.0.0.0:22', taken: '0.0.0.0:22' }])
    const log = master.settings?.errorLog ?? ''
    const { mark } = await readNginxLog(web1, log)
    await send('USR2', master)
    await until('starting')
    expect((await until('single')).master.pid).toBe(master.pid)
    expect((await readNginxLog(web1, log, mark)).lines.map(({ text }) => text)).toContain('still could not bind()')
    await expectOneWhole('1.22.1')
  })

  test('case 14: after kill -9 of the new master the old one serves again, and QUIT ends the orphans', async () => {
    const { old, fresh } = await usr2()
    await send('WINCH', old)
    await until('winched')
    await sh(`kill -9 ${fresh.pid}`)
    const { master } = await until('single')
    expect(master.pid).toBe(old.pid)
    const { picture } = await look()
    expect(orphans(picture)).toHaveLength(master.settings?.workers ?? -1)
    for (const orphan of orphans(picture)) {
      expect(await web1.run(signalNginx('QUIT', orphan, 'worker'), { as: 'root' })).toMatchObject({ code: 0 })
    }
    await eventually(async () => orphans((await look()).picture)).toEqual([])
    await expectOneWhole('1.22.1')
  })

  test('case 11: a missing pid file is refused; a poisoned master is healed by pid file, USR2, QUIT, HUP', async () => {
    const { master } = await until('single')
    await sh('rm /run/nginx.pid')
    expect(preflight((await look()).picture).map(({ code }) => code)).toEqual(['pid-file-missing'])
    await send('USR2', master)
    await send('HUP', master)
    await eventually(async () => acceptingWorkers((await look()).picture, master).length).toBeGreaterThan(
      master.settings?.workers ?? 99,
    )
    await sh(`echo ${master.pid} > /run/nginx.pid`)
    expect(preflight((await look()).picture).map(({ code }) => code)).toEqual(['too-many-workers'])
    await send('USR2', master)
    const { fresh } = await until('both-accept')
    await send('QUIT', fresh)
    await until('single')
    await send('HUP', master)
    await eventually(async () => acceptingWorkers((await look()).picture, master).length).toBe(master.settings?.workers)
    await expectOneWhole('1.22.1')
  })

  test('case 15: while the old master lingers a second upgrade is refused', async () => {
    await sh(
      'head -c 50000000 /dev/zero > /var/www/html/big; sed -i "s#^http {#http { server { listen 8099; root /var/www/html; limit_rate 1000; }#" /etc/nginx/nginx.conf; systemctl reload nginx',
    )
    await eventually(async () => (await look()).picture.masters[0]?.listeners.map(({ address }) => address)).toContain(
      '0.0.0.0:8099',
    )
    const address = (await sh('hostname -I')).trim().split(' ')[0]
    const read = `await fetch('http://${address}:8099/big').then((answer) => answer.arrayBuffer())`
    const reader = lab.inLab([process.execPath, '--input-type=module', '-e', read], { timeout: 90_000 })
    await eventually(() => sh('cat /proc/net/tcp')).toMatch(/:1FA3 \S+ 01 /)
    const { old, fresh } = await usr2()
    await send('WINCH', old)
    await until('winched')
    await send('QUIT', old)
    await until('old-lingers')
    expect(preflight((await look()).picture)).toMatchObject([{ code: 'upgrade-under-way' }])
    await send('USR2', fresh)
    expect((await until('old-lingers')).fresh.pid).toBe(fresh.pid)
    await send('TERM', old)
    await until('single')
    await reader
    await eventually(async () => (await look()).picture.unit.mainPid).toBe(fresh.pid)
  })

  test('case 3: what passes -t and would have no workers is seen in a trial start, and nginx notices nothing', async () => {
    const { master } = await until('single')
    await sh('sed -i "1i working_directory /nonexistent;" /etc/nginx/nginx.conf; /root/nginx-1.26.3 -t')
    expect(await tryNginxOn(web1, '/root/nginx-1.26.3', master)).toMatchObject({ outcome: 'no-workers', workers: 0 })
    expect(await expectOneWhole('1.22.1')).toMatchObject({ pid: master.pid })
    expect(await sh('grep -c zdt-trial /proc/mounts || true; pgrep -c unshare || true')).toBe('0\n0\n')
  })

  test('a good candidate lives in its trial', async () => {
    const { master } = await until('single')
    const before = await sh('ls -lR /run /var/log/nginx | grep -v journal')
    expect(await tryNginxOn(web1, '/root/nginx-1.26.3', master)).toMatchObject({
      outcome: 'lives',
      workers: master.settings?.workers,
    })
    expect(await candidateOn(web1, '/root/nginx-1.26.3')).toMatchObject({ problem: null, version: { text: '1.26.3' } })
    expect(await sh('ls -lR /run /var/log/nginx | grep -v journal')).toBe(before)
  })

  test('files that are no nginx', async () => {
    await sh(
      'cp /bin/true /root/true; echo hello > /root/text; chmod 755 /root/text; head -c 3000 /root/nginx-1.26.3 > /root/cut; chmod 755 /root/cut',
    )
    expect((await candidateOn(web1, '/root/true')).problem).toBe('it is no nginx: -V says nothing')
    expect((await candidateOn(web1, '/root/text')).problem).toMatch(/hello: not found/)
    expect((await candidateOn(web1, '/root/cut')).problem).not.toBeNull()
    expect((await candidateOn(web1, '/root/nowhere')).problem).toMatch(/No such file/)
  })

  test('a process that is not the one that was seen is not signalled', async () => {
    const { master } = await until('single')
    const { code } = await web1.run(signalNginx('QUIT', { pid: master.pid, startTicks: master.startTicks - 1 }), {
      as: 'root',
    })
    expect(code).toBe(notTheSame)
    await expectOneWhole('1.22.1')
  })
})
