import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runOf } from '../chaos/lane.ts'
import { vip, type Shop } from '../support/shop.ts'
import { startWrk } from '../support/wrk.ts'
import { deep } from '../support/wide.ts'

/** What colleagues say to a run at work, from another machine. */
export function wordTests(shop: Shop): void {
  describe('words', () => {
    const { lab } = shop
    let elsewhere = ''
    beforeAll(async () => {
      elsewhere = await mkdtemp(join(tmpdir(), 'zdt-elsewhere-'))
    })
    afterAll(() => rm(elsewhere, { recursive: true, force: true }))

    /** zdt where there is no journal of the run, by somebody else. */
    const anna = (...argv: readonly string[]) =>
      lab.zdt(argv, { env: { XDG_STATE_HOME: elsewhere, SUDO_USER: 'anna', NO_COLOR: '1' }, timeout: 120_000 })

    const waitingDrain = async () => {
      const client = await shop.client('websocket', `${vip}/shop/live`)
      const drain = await shop.start('drain', 'app2', '--yes', '--events')
      await drain.said(/"event":"waiting".*websocket/)
      expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      return { client, drain, run: runOf(drain) }
    }

    afterEach(async () => {
      for (const lb of ['lb1', 'lb2']) {
        expect(await shop.on(lb, 'sudo find /var/lib/zdt/locks -name ".word-*" -o -name host')).toBe('')
      }
    })

    test('given a drain that waits / pause from another machine / it pauses, and says who; then there is nobody to tell', async () => {
      const { drain, run } = await waitingDrain()
      expect(await anna('pause', run)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`✔ run ${run} (drain app2) is told to pause`) as string,
      })
      expect(await drain.ended).toMatchObject({
        code: 130,
        stdout: expect.stringContaining('"word":"pause"') as string,
      })
      expect((await shop.zdt('runs', 'show', run)).stdout).toMatch(/paused by anna@\S+/)
      expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      expect(await anna('abort', run)).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(new RegExp(`is paused[^]*zdt adopt ${run}[^]*zdt resume ${run}`)) as string,
      })
      expect(await shop.zdt('rollback', run, '--yes')).toMatchObject({ code: 0 })
      expect(await anna('pause', 'N0TH1NG')).toMatchObject({ code: 2 })
    })

    deep('given a drain that waits / abort / all of it is put back, and nobody’s connection is cut', async () => {
      const before = await shop.settings()
      const { client, drain, run } = await waitingDrain()
      const said = await anna('abort', run, '--json')
      expect(said.code).toBe(0)
      expect(JSON.parse(said.stdout)).toMatchObject({ run, verb: 'abort', heard: true })
      expect(await drain.ended).toMatchObject({
        code: 4,
        stdout: expect.stringContaining('"ended":"put-back"') as string,
      })
      expect(await shop.settings()).toBe(before)
      client.write('say hello')
      await client.said(/^heard .*hello/m)
      expect((await shop.zdt('runs', 'show', run)).stdout).toMatch(/aborted by anna@\S+/)
    })

    deep(
      'given a canary that waits for an approval / promote / it goes on, and every server runs the version',
      async () => {
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        const times = ['--settle', '1s', '--min-healthy', '1s', '--samples', '20', '--shares', '20%']
        const asking = ['--strategy', 'canary', '--approve', '--wait-for-approval', '3m']
        const rollout = await shop.start('rollout', 'shop', '--to', '2.0.0', ...asking, ...times, '--yes')
        await rollout.said(/run (\w{6}) rollout shop/)
        const [, run = ''] = /run (\w{6}) rollout shop/.exec(rollout.stderr()) ?? []
        expect(await anna('promote', run)).toMatchObject({
          code: 3,
          stderr: expect.stringContaining(`run ${run} asks for no approval now`) as string,
        })
        await rollout.said(new RegExp(`waits up to 3 m for zdt promote ${run}`))
        expect(await anna('promote', run)).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/is promoted: it goes on with step \d+/) as string,
        })
        expect(await rollout.ended).toMatchObject({ code: 0 })
        expect(rollout.stderr()).toMatch(/step \d+ promoted by anna@\S+/)
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        for (const app of ['app1', 'app2', 'app3']) expect(await shop.on(app, 'cat /etc/shop/version')).toBe('2.0.0\n')
        const back = ['--to', '1.0.0', '--batch', '1,100%', '--settle', '1s', '--min-healthy', '1s', '--yes']
        expect(await shop.zdt('rollout', 'shop', ...back)).toMatchObject({ code: 0 })
      },
    )
  })
}
