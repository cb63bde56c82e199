import { beforeAll, beforeEach, expect, test } from 'vitest'
import { keepalivedConfig } from '../../../src/daemons/config-daemon.ts'
import { configOnLab } from '../support/config-on-lab.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { versions } from '../support/wide.ts'

const soon = { timeout: 90_000 } as const
const inInstance = (line: string) => (conf: string) => conf.replace(/^ +advert_int/m, `    ${line}\n$&`)

describeOnLab.each(versions(['bookworm', 'trixie']))('a configuration of Keepalived on %s', (suite) => {
  const lab = useLab({ name: `e2e-keepalived-${suite}`, flags: ['--hosts', 'lb1,lb2', '--suite', suite] })
  const place = { host: 'lb1', daemon: keepalivedConfig, unit: 'keepalived', path: '/etc/keepalived/keepalived.conf' }
  const on = configOnLab(lab, place)
  const refusals = async () => keepalivedConfig.refuseReload(await on.look()).map(({ code }) => code)
  const holds = async () => (await on.look()).addresses.includes('10.77.0.100/16')
  const vipHeld = () => expect.poll(holds, soon).toBe(true)

  beforeAll(() => on.keep())

  beforeEach(async () => {
    await on.put((conf) => conf)
    await on.sh('systemctl reset-failed keepalived; systemctl start keepalived')
    await vipHeld()
  })

  test('a good one lives in its trial; nobody hears its adverts, and no script is told of a state', async () => {
    const since = (await on.sh('date +%s.%N')).trim()
    const edit = inInstance('notify "/bin/touch /run/notified"')
    expect(await on.tried(edit)).toMatchObject({ outcome: 'lives', said: '', workers: 1 })
    expect(await on.sh(`journalctl -q -o cat -u keepalived --since @${since}`)).toBe('')
    expect((await lab.ssh('lb2', `sudo journalctl -q -o cat -u keepalived --since @${since}`)).stdout).toBe('')
    expect(await on.sh('ls /run/notified 2>/dev/null; ! grep zdt-trial /proc/mounts; ip -br link')).not.toMatch(
      /notified|zdt/,
    )
    expect(await holds()).toBe(true)
  })

  test.each([
    ['case 20: an empty file', () => '', /is empty/],
    ['nothing but comments', () => '# none\n! none\n', /is empty/],
    ['a typing error', inInstance('bogus 3'), /Unknown keyword 'bogus'/],
    ['an interface that is not there', (conf: string) => conf.replace('interface host0', 'interface eth7'), /eth7/],
    ['a script that is not there', (conf: string) => `vrrp_script x { script "/nonexistent" }\n${conf}`, /script x/],
  ])('%s is seen before anything is live', async (_what, edit, said) => {
    expect(await on.tried(edit)).toMatchObject({ outcome: 'invalid', said: expect.stringMatching(said) })
    expect(await holds()).toBe(true)
  })

  test('a reload is proved, and the VIP stays', async () => {
    const before = await on.look()
    expect(await refusals()).toEqual([])
    // Excluded ones are not advertised: the other node need not have them.
    await on.put(inInstance('virtual_ipaddress_excluded {\n10.77.0.101/16 dev host0\n}'))
    expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
    await expect.poll(async () => (await on.look()).addresses, soon).toContain('10.77.0.101/16')
    const { master, children, addresses } = await on.look()
    expect([master, ...children].map((one) => one?.pid)).toEqual(
      [before.master, ...before.children].map((one) => one?.pid),
    )
    expect(addresses).toContain('10.77.0.100/16')
    await on.put((conf) => conf)
    expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
  })

  test('what a reload left out is told; the file back and another reload are proved', async () => {
    await on.put(inInstance('bogus 3'))
    const verdict = await on.reloaded()
    expect(verdict.failed?.message).toBe('Keepalived left out what it did not understand')
    expect(verdict.failed?.said).toMatch(/Unknown keyword 'bogus'/)
    await on.put((conf) => conf)
    expect(await on.reloaded()).toEqual({ done: true, awaiting: [] })
    expect(await holds()).toBe(true)
  })

  test('a reload with an interface that is not there ends Keepalived, and is told with what it leaves', async () => {
    await on.put((conf) => conf.replace('interface host0', 'interface eth7'))
    const verdict = await on.reloaded()
    expect(verdict.failed?.message).toMatch(/Keepalived is gone.*may still be on the host/)
    expect(await holds()).toBe(true)
    expect(await refusals()).toEqual(['not-running'])
    expect((await on.tried((conf) => conf)).outcome).toBe('cannot-be-tried')
  })

  test('a process that is stopped is not asked to reload', async () => {
    const child = (await on.look()).children[0]?.pid
    await on.sh(`kill -STOP ${child}`)
    try {
      expect(await refusals()).toEqual(['frozen'])
    } finally {
      await on.sh(`kill -CONT ${child}`)
    }
  })
})
