import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { halted, order, prepare, runOf, useLane } from './chaos/lane.ts'
import { operationNamed } from './chaos/operations.ts'
import { describeOnLab } from './support/lab.ts'
import { deep } from './support/wide.ts'

/** What others see of a run, and what they and it may not do to each other. */
describeOnLab('among colleagues', () => {
  const lane = useLane()
  const drain = operationNamed('drain')
  const ready = operationNamed('ready')
  const diedDraining = async () => {
    const waits = { event: 'waiting', steps: ['haproxy.await-drained'], after: 0 }
    const dead = await lane().start(['drain', 'app2'], { ...waits, signal: 'SIGKILL' })
    await dead.ended
    return runOf(dead)
  }

  /** Where there is no journal of the run. */
  const otherMachine = async () => ({ env: { XDG_STATE_HOME: await mkdtemp(join(lane().home, 'other-')) } })

  deep('given a run at work / another waits for its lock / is told whose it is; lock break ends it', async () => {
    const before = await prepare(lane(), drain)
    const aboutToDrain = { event: 'applying', steps: ['haproxy.set-server-state'], after: 0 }
    const first = await lane().start(['drain', 'app2'], { ...aboutToDrain, signal: 'SIGSTOP' })
    await halted(first)
    const run = runOf(first)
    expect(await lane().zdt(['drain', 'app1', '--yes', '--wait-for-lock', '1s'])).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(
        new RegExp(`waiting for a lock: lb1 is locked by \\S+ \\(drain app2, run ${run}\\)`),
      ),
    })
    expect((await lane().zdt(['lock'])).stdout).toMatch(new RegExp(`lb1 +host +${run}`))
    for (const lb of ['lb1', 'lb2']) {
      expect(await lane().zdt(['lock', 'break', lb, '--yes'])).toMatchObject({
        code: 0,
        stderr: expect.stringContaining(`(drain app2, run ${run}, since `),
        stdout: expect.stringContaining(`held by `),
      })
    }
    expect((await lane().zdt(['history'])).stdout).toMatch(/lock break lb1 \(\w+/)
    first.signal('SIGCONT')
    expect(await first.ended).toMatchObject({ code: 5, stdout: expect.stringContaining('lease-lost') })
    expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    expect(await lane().unlike(before)).toEqual([])
  })

  deep(
    'given that app2 alone serves / rollback of its ready / is refused, and names the drain that it goes on after',
    async () => {
      const before = await prepare(lane(), ready)
      const done = await lane().start(['ready', 'app2'])
      expect(await done.ended).toMatchObject({ code: 0 })
      await order(lane(), ['set server shop/app1 state maint', 'set server shop/app3 state maint'])
      const refused = await lane().zdt(['rollback', runOf(done), '--yes'])
      expect(refused).toMatchObject({
        code: 5,
        stdout: expect.stringContaining('taking app2 out again would leave shop without a server'),
      })
      expect(`${refused.stdout}${refused.stderr}`).toContain('zdt drain shop/app2 --allow-empty, and this again')
      expect(await lane().zdt(['drain', 'shop/app2', '--allow-empty', '--yes'])).toMatchObject({ code: 0 })
      expect(await lane().zdt(['rollback', runOf(done), '--yes'])).toMatchObject({ code: 0 })
      await order(lane(), ['set server shop/app1 state ready', 'set server shop/app3 state ready'])
      expect(await lane().unlike(before)).toEqual([])
    },
  )

  deep(
    'given a drain that was killed / another, that finds it so / is told of it, and its rollback is refused until nobody relies on it',
    async () => {
      const before = await prepare(lane(), drain)
      const run = await diedDraining()
      expect(await lane().zdt(['drain', 'app2', '--yes'])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('app2 was drained already') as string,
        stderr: expect.stringMatching(
          new RegExp(`run ${run} \\(drain app2\\) has left lb1,\\s+lb2\\s+half\\s+done`),
        ) as string,
      })
      const refused = await lane().zdt(['rollback', run, '--yes'])
      expect(refused.code).toBe(3)
      expect(refused.stderr).toMatch(/wanted\s+(?:in\s+drain|so)\s+since/)
      expect(await lane().zdt(['ready', 'app2', '--yes'])).toMatchObject({ code: 0 })
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      expect(await lane().unlike(before)).toEqual([])
    },
  )

  deep(
    'given a drain that was killed / another machine drains, or brings back / neither is undone by whoever knows the first alone',
    async () => {
      const before = await prepare(lane(), drain)
      const run = await diedDraining()
      const other = await otherMachine()
      const elsewhere = (...argv: string[]) => lane().zdt(argv, other)
      expect((await elsewhere('status', 'shop')).stdout).toMatch(
        new RegExp(`app2 in drain since \\S+, by run ${run}[^]*half done: zdt adopt ${run}`),
      )
      expect((await elsewhere('drain', 'app2', '--yes')).stderr).toContain(`run ${run} (drain app2) has left`)
      const refused = await lane().zdt(['rollback', run, '--yes'])
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/wanted\s+so\s+since/) as string })
      expect(await elsewhere('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
      expect(await lane().zdt(['resume', run, '--yes'])).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('ready since') as string,
      })
      // Set anew by the other one: that is its drain now, until somebody has set it back by hand.
      expect(await elsewhere('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 3 })
      await order(lane(), ['set server shop/app2 state ready'])
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      expect(await lane().unlike(before)).toEqual([])
    },
  )

  deep(
    'given a deploy that was killed, of which its host alone has heard / adopted elsewhere / rolled back it is the old one',
    async () => {
      const rollout = operationNamed('rollout')
      const before = await prepare(lane(), rollout)
      const deployed = { event: 'verified', steps: ['app.deploy'], after: 0 }
      const dead = await lane().start(await rollout.argv(lane().lab), { ...deployed, signal: 'SIGKILL' })
      await dead.ended
      const run = runOf(dead)
      const { step } = (await lane().journal(run)).findLast(({ event }) => event === 'applying') as { step: string }
      // As if it had died before their next lines came to the load balancers.
      for (const lb of ['lb1', 'lb2']) {
        await lane().root(lb, `sed -i '/"step":"${step}"/,$d' /var/lib/zdt/runs/${run}.ndjson`)
      }
      const other = await otherMachine()
      expect(await lane().zdt(['adopt', run, '--yes'], other)).toMatchObject({ code: 0 })
      expect(await lane().zdt(['rollback', run, '--yes'], other)).toMatchObject({ code: 0 })
      expect(await lane().unlike(before)).toEqual([])
    },
  )

  deep(
    'given a rollback that waits for the lock / whoever has it relies on what is to be taken back / it is refused',
    async () => {
      const before = await prepare(lane(), drain)
      const run = await diedDraining()
      const other = await otherMachine()
      const colleague = await lane().start(['drain', 'app2'], { event: 'run', after: 0, signal: 'SIGSTOP' }, other)
      await halted(colleague)
      const rollback = await lane().start(['rollback', run, '--wait-for-lock', '1m'])
      await rollback.said(/waiting for a lock/)
      colleague.signal('SIGCONT')
      expect(await colleague.ended).toMatchObject({ code: 0 })
      expect(await rollback.ended).toMatchObject({ code: 3, stdout: expect.stringContaining('relied-on') as string })
      expect(await lane().zdt(['ready', 'app2', '--yes'])).toMatchObject({ code: 0 })
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      expect(await lane().unlike(before)).toEqual([])
    },
  )

  deep(
    'given a run that was measured / history / tells who, what, where, how it came out, and what was lost',
    async () => {
      await prepare(lane(), drain)
      const zdt = await lane().start(['drain', 'app2', '--probe', 'fleet'])
      expect(await zdt.ended).toMatchObject({ code: 0 })
      const { stdout } = await lane().zdt(['history'])
      // Columns that find no room are on a line of their own, with their heads.
      expect(stdout).toMatch(
        new RegExp(
          `\\S+@\\S+ +drain app2\\s+(where )?lb1, lb2\\s+(· )?(outcome )?done +(· lost )?0\\s+(· )?run ${runOf(zdt)}`,
        ),
      )
      const syslog = await lane().root('lb2', 'journalctl -q -t zdt -o cat')
      expect(syslog).toContain(`run ${runOf(zdt)} run: drain app2, by `)
      expect(syslog).toContain(`run ${runOf(zdt)} ended: done`)
    },
  )
})
