import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Halt } from '../chaos/halt-at.ts'
import { runOf, useLane } from '../chaos/lane.ts'
import { dyingHaproxy } from '../support/dying-binary.ts'
import { edgeWorld, useEdgeApp } from '../support/edge-app.ts'
import { fromOutside } from '../support/from-outside.ts'
import { describeOnLab } from '../support/lab.ts'
import { seatStates } from '../support/web-world.ts'
import { startWrk } from '../support/wrk.ts'

describeOnLab('zdt upgrade, of an application that upgrades itself', () => {
  const lane = useLane()
  let fleet = ''
  let directory = ''
  let before: readonly string[] = []
  const fresh = () => lane().lab.binary('haproxy-3.0.11')
  const words = (...more: string[]) => ['upgrade', 'edge', '--fleet', fleet, '--hold', '1s', ...more]
  const upgrade = (...more: string[]) => lane().zdt(words('--yes', '--json', '--probe', 'fleet', ...more))
  const expectAsBefore = async () => {
    expect(await edgeWorld(lane().lab)).toEqual(before)
    await expect.poll(() => seatStates(lane().lab, 'shop', 'app1'), { timeout: 30_000 }).toEqual(['UP', 'UP'])
  }
  /** Lies there and runs, and is another. */
  const expectUpgraded = async () => {
    const [lies, runs, active] = await edgeWorld(lane().lab)
    expect(lies).toBe(runs)
    expect(lies).not.toBe(before[0])
    expect(active).toBe('active')
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-edge-'))
    fleet = await useEdgeApp(lane().lab, '2.6.12')
  }, 60_000)
  afterAll(() => rm(directory, { recursive: true }))
  beforeEach(async () => {
    await expect.poll(() => seatStates(lane().lab, 'shop', 'app1'), { timeout: 30_000 }).toEqual(['UP', 'UP'])
    before = await edgeWorld(lane().lab)
  })

  test('under load: replaced, executed, proved; rolled back, the old one runs; nothing is lost', async () => {
    const wrk = await startWrk(lane().lab, 'http://10.77.0.100/shop/')
    const { code, stdout } = await upgrade('--binary', await fresh())
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    await expectUpgraded()
    const { run } = JSON.parse(stdout) as { run: string }
    const again = await upgrade('--binary', await fresh())
    expect(JSON.parse(again.stdout)).toMatchObject({ ended: 'already' })
    const back = await lane().zdt(['rollback', run, '--yes', '--json', '--fleet', fleet])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    await expectAsBefore()
    expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('what a pipeline has put there runs, without --binary; rolled back, what ran before', async () => {
    await lane().lab.inLab(['scp', '-q', await fresh(), 'app1:/tmp/new'])
    await lane().root(
      'app1',
      'cp -p /opt/edge/edge /root/was; install -m 755 /tmp/new /opt/edge/new && mv /opt/edge/new /opt/edge/edge',
    )
    before = await edgeWorld(lane().lab)
    expect(before[0]).not.toBe(before[1])
    const refused = await upgrade('--binary', await fresh())
    expect(refused.code).toBe(3)
    const { code, stdout } = await upgrade()
    expect(code).toBe(0)
    const [lies, runs] = await edgeWorld(lane().lab)
    expect([lies, runs]).toEqual([before[0], before[0]])
    const { run } = JSON.parse(stdout) as { run: string }
    expect(await lane().zdt(['rollback', run, '--yes', '--fleet', fleet])).toMatchObject({ code: 0 })
    await expectAsBefore()
    await lane().root(
      'app1',
      'cp -p /root/was /opt/edge/new && mv /opt/edge/new /opt/edge/edge; systemctl restart edge',
    )
  })

  test('a program that starts and dies: the host has the old one back, and nothing is lost', async () => {
    const dying = join(directory, 'dies')
    await writeFile(dying, dyingHaproxy('9.9.9'))
    await chmod(dying, 0o755)
    const { code, stdout } = await upgrade('--binary', dying)
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    await expectAsBefore()
  })

  test.each<[string, 'resume' | 'rollback', number]>([
    ['before the word is given', 'rollback', 5],
    ['while it is given', 'resume', 60],
    ['after', 'resume', 400],
    ['after', 'rollback', 400],
  ])('zdt is killed %s: %s', async (_when, way, after) => {
    const halt: Halt = { event: 'applying', steps: ['app.exchange-binary'], after, signal: 'SIGKILL' }
    const zdt = await lane().start(words('--binary', await fresh()), halt)
    expect(await zdt.ended).toMatchObject({ code: 137 })
    const run = runOf(zdt)
    expect(await lane().zdt([way, run, '--yes', '--fleet', fleet])).toMatchObject({ code: 0 })
    if (way === 'resume') {
      await expectUpgraded()
      expect(await lane().zdt(['rollback', run, '--yes', '--fleet', fleet])).toMatchObject({ code: 0 })
    }
    await expectAsBefore()
  })

  test('refused before anything is touched: a script, a unit that runs another file, an application that nobody knows', async () => {
    const script = join(directory, 'script')
    await writeFile(script, '#!/bin/sh\n')
    expect(await upgrade('--binary', script)).toMatchObject({ code: 2 })
    expect((await lane().zdt(['upgrade', 'edg', '--fleet', fleet, '--yes'])).stderr).toContain('did you mean edge?')
    await fromOutside(lane().lab, 'app1', 'systemctl stop edge')
    const stopped = await upgrade('--binary', await fresh())
    expect(stopped.code).toBe(3)
    await fromOutside(lane().lab, 'app1', 'systemctl start edge')
    await expectAsBefore()
  })
})
