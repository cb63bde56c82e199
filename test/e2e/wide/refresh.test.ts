import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sha256 } from '../../../src/lib/digest.ts'
import { shellOn } from '../support/balancer.ts'
import { fromOutside } from '../support/from-outside.ts'
import { haproxyWorld } from '../support/haproxy-world.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { webWorld } from '../support/web-world.ts'
import { startWrk } from '../support/wrk.ts'

describeOnLab('zdt refresh', () => {
  const lab = useLab()
  const refresh = async (...words: string[]) => {
    const { code, stdout, stderr } = await lab.zdt(
      ['refresh', ...words, '--yes', '--json', '--hold', '1s', '--probe', 'fleet'],
      { timeout: 300_000 },
    )
    return {
      code,
      said: `${stdout}${stderr}`,
      result: code === 0 ? (JSON.parse(stdout) as { run: string }) : { run: '' },
    }
  }
  const rollback = async (run: string) => {
    const { stdout } = await lab.zdt(['rollback', run, '--yes', '--json', '--probe', 'fleet'], { timeout: 300_000 })
    return JSON.parse(stdout) as unknown
  }
  const none = { probe: { total: { lost: 0 } } }
  /** As dpkg does: another file takes its place. */
  const replace = async (host: string, file: string, by: string) =>
    shellOn(lab, host, `sudo sh -c 'cp -p ${file} /root/was; install -m 755 ${by} ${file}-new; mv ${file}-new ${file}'`)
  const send = async (host: string, binary: string) =>
    lab.inLab(['scp', '-q', await lab.binary(binary), `${host}:/tmp/new`])
  const stale = async (host: string) => (await lab.zdt(['stale', host])).code

  test('given a library replaced on lb2 and web1, and app3 drained / refresh / exactly these run the new one, app3 is drained, nothing is lost', async () => {
    expect(await lab.zdt(['drain', 'app3', '--yes'])).toMatchObject({ code: 0 })
    const untouched = await haproxyWorld(lab, 'lb1')
    const library = '/usr/lib/x86_64-linux-gnu/libssl.so.3'
    await replace('lb2', library, library)
    await replace('web1', library, library)
    const wrk = await startWrk(lab, 'http://10.77.0.100/')
    expect((await refresh()).result).toMatchObject({ ended: 'done', ...none })
    expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
    expect(await Promise.all(['lb1', 'lb2', 'web1', 'web2'].map(stale))).toEqual([0, 0, 0, 0])
    expect(await haproxyWorld(lab, 'lb1')).toEqual(untouched)
    expect(await webWorld(lab, 'web1')).toMatchObject({ agreed: true, masters: 1, workers: 2 })
    const servers = await fromOutside(lab, 'lb2', 'echo "show stat" | socat - /run/haproxy/admin.sock')
    expect(servers).toMatch(/^shop,app3,.*,DRAIN,/m)
    expect(await refresh()).toMatchObject({ code: 0, result: { ended: 'already' } })
  })

  test('given nginx’s binary replaced / refreshed, it runs; rolled back, what ran before runs again, and what lies there is as it was', async () => {
    await send('web2', 'nginx-1.26.3')
    await replace('web2', '/usr/sbin/nginx', '/tmp/new')
    const before = await webWorld(lab, 'web2')
    expect(before.answers).toContain('1.22.1')
    const { result } = await refresh('web2')
    expect(result).toMatchObject({ ended: 'done', ...none })
    expect((await webWorld(lab, 'web2')).answers).toContain('1.26.3')
    expect(await rollback(result.run)).toMatchObject({ ended: 'put-back', ...none })
    expect(await webWorld(lab, 'web2')).toEqual(before)
    expect(await stale('web2')).toBe(8)
    expect((await refresh('web2')).result).toMatchObject({ ended: 'done', ...none })
  })

  test('given HAProxy’s binary replaced on the holder of the VIP / refused, until it is said; rolled back, the old one runs', async () => {
    await send('lb1', 'haproxy-2.6.12')
    const other = sha256(await readFile(await lab.binary('haproxy-2.6.12')))
    await replace('lb1', '/usr/sbin/haproxy', '/tmp/new')
    const before = await haproxyWorld(lab, 'lb1')
    expect(before).toMatchObject({ binary: other, runs: expect.not.arrayContaining([other]) as unknown })
    const refused = await refresh('lb1')
    expect(refused.code).toBe(3)
    expect(refused.said).toContain('zdt failover public')
    const { result } = await refresh('lb1', '--in-place')
    expect(result).toMatchObject({ ended: 'done', ...none })
    expect(await haproxyWorld(lab, 'lb1')).toMatchObject({ binary: other, runs: [other, other], seats: before.seats })
    expect(await rollback(result.run)).toMatchObject({ ended: 'put-back', ...none })
    expect(await haproxyWorld(lab, 'lb1')).toEqual(before)
    expect(await stale('lb1')).toBe(8)
  })

  test('given an update that does not live / refresh / the trial start says so, and nothing is touched', async () => {
    const before = await webWorld(lab, 'web1')
    const lies = 'printf "#!/bin/sh\\necho nginx version: nginx/1.99.0 >&2\\n" > /tmp/new'
    await shellOn(lab, 'web1', lies)
    await replace('web1', '/usr/sbin/nginx', '/tmp/new')
    const { code, said } = await refresh('web1')
    expect(code).toBe(3)
    expect(said).toContain('the new binary')
    await shellOn(
      lab,
      'web1',
      "sudo sh -c 'cp -p /root/was /usr/sbin/nginx-new; mv /usr/sbin/nginx-new /usr/sbin/nginx'",
    )
    expect(await webWorld(lab, 'web1')).toEqual(before)
  })
})
