import { describe, expect, test } from 'vitest'
import { printed, vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'
import { startWrk } from '../support/wrk.ts'

const apps = ['app1', 'app2', 'app3'] as const

export function rolloutTests(shop: Shop): void {
  describe('zdt rollout', () => {
    const { lab } = shop
    const soonDone = ['--yes', '--json', '--probe', `${vip}/shop/`]
    const rollout = (to: string, flags: readonly string[] = [], times = ['--settle', '1s', '--min-healthy', '2s']) =>
      shop.zdt('rollout', 'shop', '--to', to, ...soonDone, ...times, ...flags)
    const versions = () =>
      Promise.all(apps.map((app) => shop.on(app, 'cat /etc/shop/version; systemctl is-active shop')))
    const serving = async () => {
      const states = await Promise.all(apps.map((app) => shop.states(`shop/${app}`)))
      expect(states.flat()).toEqual(Array(6).fill('UP'))
    }
    const all = (version: string) => apps.map(() => `${version}\nactive\n`)

    test('rolling, in two batches, under load: every server runs it, nothing is lost; rolled back, nothing is lost either', async () => {
      const load = await startWrk(lab, `${vip}/shop/`, 'paced')
      const { code, stdout } = await rollout('2.0.0', ['--batch', '1,100%'])
      expect(printed(stdout)).toMatchObject({ ended: 'done', summary: 'shop runs 2.0.0 on app1, app2, app3' })
      expect(printed(stdout).probe?.total).toMatchObject({ lost: 0 })
      expect(code).toBe(0)
      expect(await versions()).toEqual(all('2.0.0'))
      await serving()

      const { run } = JSON.parse(stdout) as { run: string }
      const back = await shop.zdt('rollback', run, '--yes', '--json', '--probe', `${vip}/shop/`)
      expect(back).toMatchObject({ code: 0 })
      expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      expect(await versions()).toEqual(all('1.0.0'))
      await serving()
    })

    deep('with a slow start, under load: each gets its share bit by bit, and in the end all of it', async () => {
      const load = await startWrk(lab, `${vip}/shop/`, 'paced')
      const before = await shop.settings()
      const { code, stdout } = await rollout('2.0.0', ['--batch', '1,100%', '--slow-start', '1500ms'])
      expect(printed(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(code).toBe(0)
      expect(await versions()).toEqual(all('2.0.0'))
      expect(await shop.settings()).toBe(before)
      const { run } = JSON.parse(stdout) as { run: string }
      expect((await shop.zdt('runs', 'show', run)).stdout).toMatch(
        /app1 → weight 10[^]*app1 → weight 25[^]*app1 → weight 100/,
      )
      expect(await shop.zdt('rollback', run, '--yes')).toMatchObject({ code: 0 })
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      expect(await versions()).toEqual(all('1.0.0'))
      expect(await shop.settings()).toBe(before)
    })

    deep('the version that runs already: nothing is touched', async () => {
      const { code, stdout } = await rollout('1.0.0')
      expect(printed(stdout)).toMatchObject({ ended: 'already' })
      expect(code).toBe(0)
    })

    const broken = [
      ['does not start', '2.0.0-dead', /refused/],
      ['says another version', '2.0.0-liar', /says version 0\.0\.0, not 2\.0\.0-liar/],
      ['cannot be deployed', '2.0.0-undeployable', /there is no 2\.0\.0-undeployable to be had/],
    ] as const
    deep.each(broken)('one that %s is put back, and nobody was sent to it', async (_what, version, sentence) => {
      const { code, stdout } = await rollout(version)
      expect(stdout).toMatch(sentence)
      expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
      expect(code).toBe(4)
      expect(await versions()).toEqual(all('1.0.0'))
      await serving()
    })

    deep('one that starts and dies after 10 s is seen on its own, and nobody was sent to it', async () => {
      const { code, stdout } = await rollout('2.0.0-dies', [], ['--settle', '15s'])
      // It may die between the question for its health and the one for its version.
      expect(stdout).toMatch(/was well, and (is not|tells no version any more)/)
      expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
      expect(code).toBe(4)
      expect(await versions()).toEqual(all('1.0.0'))
    })

    deep.each([
      ['answers 500 now and then', '2.0.0-errors', 'too many errors'],
      ['answers too slowly', '2.0.0-slow', 'too slow'],
    ])('one that %s is seen by the load balancers’ own counters, and put back', async (_what, version, sentence) => {
      const load = await startWrk(lab, `${vip}/shop/`, 'paced')
      // Without the probe: to that one an answer 500 is lost, which is told first.
      const times = ['--settle', '1s', '--min-healthy', '5s']
      const { code, stdout } = await shop.zdt('rollout', 'shop', '--to', version, ...times, '--yes', '--json')
      const { errors, not2xx } = await load.stop()
      expect(stdout).toContain(sentence)
      expect(printed(stdout)).toMatchObject({ ended: 'put-back' })
      expect(code).toBe(4)
      expect(errors).toBe(0)
      if (version === '2.0.0-slow') expect(not2xx).toBe(0)
      expect(await versions()).toEqual(all('1.0.0'))
      await serving()
    })

    const canary = (to: string, ...flags: string[]) =>
      shop.zdt('rollout', 'shop', '--to', to, '--strategy', 'canary', '--shares', '5%,25%', '--yes', '--json', ...flags)
    const quick = ['--settle', '1s', '--min-healthy', '2s', '--samples', '50']
    /** Of each server on lb1 and on lb2. */
    const weights = async () => {
      const lines = (await shop.settings()).split('\n').map((line) => line.split(' '))
      return apps.map((app) => lines.filter(([seat]) => seat === `shop/${app}`).map(([, , weight]) => Number(weight)))
    }

    deep(
      'a gate of the operator’s own that says no puts it back, with what it said; one that says yes is told of',
      async () => {
        const gated = await shop.fleet((yaml) =>
          yaml.replace(
            'timeout: 30s',
            `timeout: 30s
      gates:
        - { name: front, url: '${vip}/shop/version' }
        - { name: smoke, command: [sh, -c, 'echo "$1 is not for us"; test "$1" != 2.0.0', sh, '{version}'] }`,
          ),
        )
        const times = ['--settle', '0s', '--min-healthy', '1s']
        const { code, stdout, stderr } = await shop.zdt(
          'rollout',
          'shop',
          '--to',
          '2.0.0',
          '--yes',
          '--fleet',
          gated,
          ...times,
        )
        expect(stdout).toContain('gate smoke: sh exited with 1: 2.0.0 is not for us')
        expect(stderr).toMatch(/gate front passes for 1\.0 s …/)
        expect(code).toBe(4)
        expect(await versions()).toEqual(all('1.0.0'))
        await serving()
      },
    )

    deep(
      'canary, under load: its share rises, a person says yes to each, and then every server runs it with nothing lost',
      async () => {
        const before = await weights()
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        const first = await canary('2.0.0', ...quick, '--approve', '--probe', `${vip}/shop/`)
        expect(printed(first.stdout)).toMatchObject({ ended: 'paused', probe: { total: { lost: 0 } } })
        expect(first.code).toBe(5)
        expect(await versions()).toEqual(['2.0.0\nactive\n', ...all('1.0.0').slice(1)])
        const [own = [], ...others] = await weights()
        for (const [index, weight] of own.entries()) {
          const share = weight / (weight + others.reduce((sum, each) => sum + (each[index] ?? 0), 0))
          expect(share).toBeCloseTo(0.05, 2)
        }

        const { run } = JSON.parse(first.stdout) as { run: string }
        const resume = async () => printed((await shop.zdt('resume', run, '--yes', '--json')).stdout)
        expect(await resume()).toMatchObject({ ended: 'paused' })
        expect(await resume()).toMatchObject({ ended: 'done', summary: 'shop runs 2.0.0 on app1, app2, app3' })
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await versions()).toEqual(all('2.0.0'))
        expect(await weights()).toEqual(before)
        await serving()
        expect((await rollout('1.0.0', ['--batch', '1,100%'])).code).toBe(0)
      },
    )

    const worse = [
      ['answers too slowly', '2.0.0-slow', 'too slow: app1: '],
      ['answers 500 now and then', '2.0.0-errors', 'too many errors: app1: '],
    ] as const
    deep.each(worse)('a canary that %s is put back, and few had met it', async (_what, version, sentence) => {
      const before = await weights()
      const load = await startWrk(lab, `${vip}/shop/`, 'paced')
      const { code, stdout } = await canary(version, ...quick)
      const { errors, not2xx, requests } = await load.stop()
      expect(stdout).toContain(sentence)
      expect(printed(stdout)).toMatchObject({ ended: 'put-back' })
      expect(code).toBe(4)
      expect(errors).toBe(0)
      // 3 % of what 5 % got.
      expect(not2xx).toBeLessThan(requests * 0.05 * 0.05)
      expect(await versions()).toEqual(all('1.0.0'))
      expect(await weights()).toEqual(before)
      await serving()
    })

    const dying = ['starts and dies after 10 s', '2.0.0-dies', /was well, and (is not|tells no version)/] as const
    deep.each([...broken, dying])(
      'a canary that %s is put back, and nobody was sent to it',
      async (_what, version, sentence) => {
        const before = await weights()
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        const times = ['--settle', version.endsWith('-dies') ? '15s' : '1s', '--min-healthy', '2s', '--samples', '50']
        const { code, stdout } = await canary(version, ...times, '--probe', `${vip}/shop/`)
        expect(stdout).toMatch(sentence)
        expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
        expect(code).toBe(4)
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await versions()).toEqual(all('1.0.0'))
        expect(await weights()).toEqual(before)
        await serving()
      },
    )

    deep('a canary that too few have asked is no pass: it is put back', async () => {
      const { code, stdout } = await canary('2.0.0', ...quick, '--timeout', '5s')
      expect(stdout).toContain('too few answers to judge: ')
      expect(printed(stdout)).toMatchObject({ ended: 'put-back' })
      expect(code).toBe(4)
      expect(await versions()).toEqual(all('1.0.0'))
      await serving()
    })

    describe('blue-green', () => {
      const colours =
        'strategy: blue-green, blue_green: { colours: { blue: [app1], green: [app2, app3] }, keep_old: 3s }'
      const coloured = (to: string, fleet: string, ...flags: string[]) =>
        shop.zdt(
          'rollout',
          'shop',
          '--to',
          to,
          '--fleet',
          fleet,
          ...soonDone,
          '--settle',
          '1s',
          '--min-healthy',
          '2s',
          ...flags,
        )
      const fleetOf = (pool: string) =>
        shop.fleet((yaml) =>
          yaml.replace('rollout:\n', `rollout:\n      ${pool.replaceAll(/, (?=blue_green)/g, '\n      ')}\n`),
        )
      const rest = ['app2', 'app3'].map((app) => `set server shop/${app} state maint`)
      const states = () => Promise.all(apps.map((app) => shop.states(`shop/${app}`)))
      const both = (...states: string[]) => states.map((state) => [state, state])

      deep(
        'under load: the colour that rested serves, the other rests; rolled back; nothing is lost either way',
        async () => {
          const fleet = await fleetOf(colours)
          await shop.orderBoth(...rest)
          const load = await startWrk(lab, `${vip}/shop/`, 'paced')
          const { code, stdout } = await coloured('2.0.0', fleet)
          expect(printed(stdout)).toMatchObject({
            ended: 'done',
            summary: 'shop runs 2.0.0 on app2, app3',
            probe: { total: { lost: 0 } },
          })
          expect(code).toBe(0)
          expect(await versions()).toEqual([...all('1.0.0').slice(2), ...all('2.0.0').slice(1)])
          expect(await states()).toEqual(both('MAINT', 'UP', 'UP'))
          expect(printed((await coloured('2.0.0', fleet)).stdout)).toMatchObject({ ended: 'already' })

          const { run } = JSON.parse(stdout) as { run: string }
          const back = await shop.zdt('rollback', run, '--yes', '--json', '--fleet', fleet, '--probe', `${vip}/shop/`)
          expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
          expect(back.code).toBe(0)
          expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
          expect(await versions()).toEqual(all('1.0.0'))
          expect(await states()).toEqual(both('UP', 'MAINT', 'MAINT'))
        },
      )

      deep('with a slow start: the new colour takes its share bit by bit; nothing is lost', async () => {
        const fleet = await fleetOf(colours)
        await shop.orderBoth(...rest)
        const { code, stdout } = await coloured('2.0.0', fleet, '--slow-start', '1500ms')
        expect(printed(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
        expect(code).toBe(0)
        expect(await states()).toEqual(both('MAINT', 'UP', 'UP'))
        const { run } = JSON.parse(stdout) as { run: string }
        expect((await shop.zdt('runs', 'show', run)).stdout).toMatch(/app2 → weight 10[^]*app2 → weight 100/)
        expect(await shop.zdt('rollback', run, '--yes', '--fleet', fleet)).toMatchObject({ code: 0 })
        expect(await versions()).toEqual(all('1.0.0'))
      })

      deep(
        'by shares, and the one that served is stopped: started again by the way back, and by the next turn',
        async () => {
          const stop = "shares: '10%, 50%', stop: [sudo, systemctl, stop, shop] }"
          const fleet = await fleetOf(colours.replace(/ }$/, `, ${stop}`))
          await shop.orderBoth(...rest)
          const active = () => Promise.all(apps.map((app) => shop.on(app, 'systemctl is-active shop || true')))
          const load = await startWrk(lab, `${vip}/shop/`, 'paced')
          const first = await coloured('2.0.0', fleet)
          expect(printed(first.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
          expect(await states()).toEqual(both('MAINT', 'UP', 'UP'))
          expect(await active()).toEqual(['inactive\n', 'active\n', 'active\n'])
          expect(await weights()).toEqual(apps.map(() => [100, 100]))
          const { run } = JSON.parse(first.stdout) as { run: string }
          expect((await shop.zdt('runs', 'show', run)).stdout).toMatch(/app2 → weight 6[^]*app2 → weight 50/)

          const next = await coloured('3.0.0', fleet)
          expect(printed(next.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
          expect(await active()).toEqual(['active\n', 'inactive\n', 'inactive\n'])
          // What had no version to go back to is stopped again.
          const { run: second } = JSON.parse(next.stdout) as { run: string }
          const back = () =>
            shop.zdt('rollback', second, '--yes', '--json', '--fleet', fleet, '--probe', `${vip}/shop/`)
          expect(printed((await back()).stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
          expect(await active()).toEqual(['inactive\n', 'active\n', 'active\n'])
          expect((await shop.zdt('rollback', run, '--yes', '--fleet', fleet)).code).toBe(0)
          expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
          expect(await active()).toEqual(['active\n', 'active\n', 'active\n'])
          expect(await versions()).toEqual(all('1.0.0'))
          expect(await states()).toEqual(both('UP', 'MAINT', 'MAINT'))
        },
      )

      deep.each(broken)('one that %s: the other colour serves on', async (_what, version, sentence) => {
        const fleet = await fleetOf(colours)
        await shop.orderBoth(...rest)
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        const { code, stdout } = await coloured(version, fleet)
        expect(stdout).toMatch(sentence)
        expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
        expect(code).toBe(4)
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await versions()).toEqual(all('1.0.0'))
        expect(await states()).toEqual(both('UP', 'MAINT', 'MAINT'))
      })

      deep.each([
        ['answers too slowly', '2.0.0-slow', 'too slow: app2, app3: '],
        ['answers 500 now and then', '2.0.0-errors', 'too many errors: app2, app3: '],
      ])('one that %s goes back at once', async (_what, version, sentence) => {
        const fleet = await fleetOf(colours)
        await shop.orderBoth(...rest)
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        // Without the probe: to that one an answer 500 is lost, which is told first.
        const words = ['--yes', '--json', '--settle', '1s', '--min-healthy', '5s', '--fleet', fleet]
        const { code, stdout } = await shop.zdt('rollout', 'shop', '--to', version, ...words)
        const { errors, not2xx } = await load.stop()
        expect(stdout).toContain(sentence)
        expect(printed(stdout)).toMatchObject({ ended: 'put-back' })
        expect(code).toBe(4)
        expect(errors).toBe(0)
        if (version === '2.0.0-slow') expect(not2xx).toBe(0)
        expect(await versions()).toEqual(all('1.0.0'))
        expect(await states()).toEqual(both('UP', 'MAINT', 'MAINT'))
      })

      deep('one that starts and dies after 10 s is seen on its own: the other colour serves on', async () => {
        const fleet = await fleetOf(colours)
        await shop.orderBoth(...rest)
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        const times = ['--settle', '15s', '--min-healthy', '2s', '--fleet', fleet]
        const { code, stdout } = await shop.zdt('rollout', 'shop', '--to', '2.0.0-dies', ...soonDone, ...times)
        expect(stdout).toMatch(/was well, and (is not|tells no version any more)/)
        expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
        expect(code).toBe(4)
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await versions()).toEqual(all('1.0.0'))
        expect(await states()).toEqual(both('UP', 'MAINT', 'MAINT'))
      })

      deep('both colours serve, a server that has none: refused, and nothing is touched', async () => {
        const before = await shop.settings()
        const serving = await coloured('2.0.0', await fleetOf(colours))
        expect(serving).toMatchObject({ code: 3 })
        expect(serving.stdout).toContain('blue serves, green serves')
        const without = await coloured('2.0.0', await fleetOf(colours.replace(', app3', '')))
        expect(without).toMatchObject({ code: 2 })
        expect(without.stdout).toContain('must have each of its servers once: app1, app2, app3')
        expect(await shop.settings()).toBe(before)
      })
    })

    test('a pool of which zdt.yaml does not say how, a version that could be an option: wrong usage', async () => {
      const web = await shop.zdt('rollout', 'web', '--to', '2', '--yes')
      expect(web).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('does not say how web comes to another version') as string,
      })
      expect(await shop.zdt('rollout', 'shop', '--to=-rf', '--yes')).toMatchObject({ code: 2 })
    })

    deep('what somebody has drained gets the version, and stays drained', async () => {
      await shop.orderBoth('set server shop/app2 state drain')
      const { code } = await rollout('2.0.0')
      expect(code).toBe(0)
      expect(await versions()).toEqual(all('2.0.0'))
      expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      await shop.orderBoth('set server shop/app2 state ready')
      expect((await rollout('1.0.0')).code).toBe(0)
    })
  })
}
