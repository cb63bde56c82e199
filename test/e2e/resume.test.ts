import { describe, expect, test } from 'vitest'
import type { Halt } from './chaos/halt-at.ts'
import { order, prepare, runOf, useLane } from './chaos/lane.ts'
import { operationNamed, type Operation } from './chaos/operations.ts'
import { worldOf, type World } from './chaos/world.ts'
import { describeOnLab } from './support/lab.ts'
import { deep, isWide } from './support/wide.ts'

/** A moment at which zdt is killed. */
type Death = { readonly event: string; readonly kind: string; readonly after: number }

/** A few of the moments that the chaos suite tries all of, and what befalls a run that lies there dead. */
describeOnLab('a run that was killed', () => {
  const lane = useLane()
  const drain = operationNamed('drain')
  const upgrade = operationNamed('upgrade-nginx')

  const dies = async (argv: readonly string[], { event, kind, after }: Death): Promise<string> => {
    const halt: Halt = { event, steps: [kind], after, signal: 'SIGKILL' }
    const zdt = await lane().start(argv, halt)
    expect(await zdt.ended).toMatchObject({ code: 137 })
    return runOf(zdt)
  }
  const killed = async (operation: Operation, death: Death) => {
    const before = await prepare(lane(), operation)
    const after = await operation.after(before, lane().lab)
    return { run: await dies(await operation.argv(lane().lab), death), before, after }
  }
  const takenUp = async (way: 'resume' | 'rollback', run: string, expected: World) => {
    expect(await lane().zdt([way, run, '--yes'])).toMatchObject({ code: 0 })
    expect(await lane().unlike(expected)).toEqual([])
  }

  const deaths = [
    { event: 'applying', kind: 'haproxy.set-server-state', after: 5 },
    { event: 'waiting', kind: 'haproxy.await-drained', after: 0 },
  ]
  deep.each<Death>(deaths)(
    'drain, $after ms after $event of $kind: resumed, it is drained; rolled back, it is as it was',
    async (death) => {
      const { run, before, after } = await killed(drain, death)
      await takenUp('resume', run, after)
      await takenUp('rollback', run, before)
      await takenUp('rollback', (await killed(drain, death)).run, before)
    },
  )

  // HAProxy gets it back when its new worker runs: by whoever is alive then.
  deep.each([100, 400, 1000])(
    'upgrade-haproxy, %i ms into the exchange, and a server that was added at run time: back it goes, and onward, with it',
    async (after) => {
      const haproxy = operationNamed('upgrade-haproxy')
      await prepare(lane(), haproxy)
      const where = 'server shop/app9'
      await order(lane(), [
        `add ${where} 10.77.0.21:8080 check inter 500ms`,
        `enable health shop/app9`,
        `set ${where} state ready`,
      ])
      const seats = async () => (await worldOf(lane().lab)).filter((fact) => fact.includes('seat shop/app9'))
      await expect
        .poll(seats)
        .toEqual([
          'lb1 seat shop/app9 state ready up weight 1 agent 0',
          'lb2 seat shop/app9 state ready up weight 1 agent 0',
        ])
      const before = await worldOf(lane().lab)
      const argv = await haproxy.argv(lane().lab)
      const death = { event: 'applying', kind: 'haproxy.exchange-binary', after }
      try {
        await takenUp('rollback', await dies(argv, death), before)
        await takenUp('resume', await dies(argv, death), await haproxy.after(before, lane().lab))
      } finally {
        await order(lane(), [`set ${where} state maint`, `del ${where}`])
      }
    },
  )

  deep('upgrade, 300 ms after USR2: resumed, it is upgraded; and then rolled back whole', async () => {
    const death = { event: 'applying', kind: 'nginx.start-new-master', after: 300 }
    const { run, before, after } = await killed(upgrade, death)
    await takenUp('resume', run, after)
    await takenUp('rollback', run, before)
  })

  deep.each<Death>([
    { event: 'applying', kind: 'binary.stage', after: 30 },
    { event: 'applying', kind: 'nginx.replace-binary', after: 5 },
    { event: 'applying', kind: 'nginx.start-new-master', after: 20 },
    { event: 'applying', kind: 'nginx.retire-old-workers', after: 0 },
  ])('upgrade, $after ms after $event of $kind: rolled back, all is as it was', async (death) => {
    const { run, before } = await killed(upgrade, death)
    await takenUp('rollback', run, before)
  })

  deep('upgrade, after WINCH, and somebody sends QUIT by hand: resumed, that is taken for done', async () => {
    const { run, before, after } = await killed(upgrade, { event: 'verified', kind: 'nginx.hold', after: 0 })
    await lane().root('web1', 'kill -QUIT "$(cat /run/nginx.pid.oldbin)"')
    await takenUp('resume', run, after)
    await takenUp('rollback', run, before)
  })

  describe.runIf(isWide)('and whose host boots anew', () => {
    const boots = async (host: string) => {
      const boot = async () => (await lane().lab.ssh(host, 'cat /proc/sys/kernel/random/boot_id')).stdout
      const before = await boot()
      await lane().lab.ssh(host, 'sudo -n systemctl reboot')
      await expect.poll(async () => ['', before].includes(await boot()), { timeout: 90_000, interval: 300 }).toBe(false)
    }

    test.each([
      ['nginx.replace-binary', 'it runs the new one before USR2'],
      ['nginx.start-new-master', 'the old master is gone before QUIT'],
    ])('upgrade, after %s: %s; resumed, that is taken for done; and then rolled back whole', async (kind) => {
      const { run, before, after } = await killed(upgrade, { event: 'verified', kind, after: 0 })
      await boots('web1')
      await takenUp('resume', run, after)
      await takenUp('rollback', run, before)
    })

    test('upgrade, after nginx.replace-binary: rolled back, all is as it was', async () => {
      const { run, before } = await killed(upgrade, { event: 'verified', kind: 'nginx.replace-binary', after: 0 })
      await boots('web1')
      await takenUp('rollback', run, before)
    })

    test('drain: the load balancer has forgotten it; resumed, it drains again', async () => {
      const { run, after } = await killed(drain, { event: 'waiting', kind: 'haproxy.await-drained', after: 0 })
      await boots('lb2')
      await takenUp('resume', run, after)
    })
  })

  deep('upgrade, and its rollback dies in the middle of its own USR2, WINCH, QUIT: another one ends it', async () => {
    const { run, before } = await killed(upgrade, { event: 'verified', kind: 'nginx.quit-old-master', after: 0 })
    for (const after of [200, 700]) {
      await dies(['rollback', run], { event: 'undoing', kind: 'nginx.quit-old-master', after })
    }
    await takenUp('rollback', run, before)
  })
})
