import { afterEach, describe, expect, test } from 'vitest'
import { fromOutside } from '../support/from-outside.ts'
import { printed, soon, vip, type Shop } from '../support/shop.ts'
import { startWrk } from '../support/wrk.ts'
import { deep } from '../support/wide.ts'
import { cartAlone, servers as file, webs, withCart } from './cart.ts'

export function upstreamTests(shop: Shop): void {
  describe('servers behind nginx', () => {
    const { lab } = shop
    const zdt = async (...argv: string[]) => shop.zdt(...argv, '--fleet', await shop.fleet(withCart))
    const files = () => Promise.all(webs.map((web) => fromOutside(lab, web, `cat ${file}`)))
    const lineOf = async (address: string) =>
      (await files()).map((text) => text.split('\n').find((line) => line.includes(address)))
    // One test's failure is not the next one's.
    afterEach(async () => {
      for (const web of webs) {
        await fromOutside(lab, web, `sed -i 's/ weight=.*/ weight=100;/' ${file}; systemctl reload nginx`)
      }
      await Promise.all(['app1', 'app2', 'app3'].map((app) => shop.on(app, 'sudo systemctl start shop')))
    })
    const plain = 'server 10.77.0.22:8080 weight=100;'
    const down = 'server 10.77.0.22:8080 weight=100 down;'
    /** Who answers a client of both nginx, that asks each of them so many times. */
    const answering = async (times: number) => {
      const asked = await Promise.all(
        ['10.77.0.13', '10.77.0.14'].map((web) =>
          lab.inLab(['sh', '-c', `for i in $(seq ${times}); do curl -sm5 http://${web}/cart/; done`]),
        ),
      )
      return asked.flatMap(({ stdout }) => [...stdout.matchAll(/"host":"(app\d)"/g)].map(([, app]) => app))
    }

    deep('drain, its application restarted, ready, under load through the VIP: nothing is lost', async () => {
      const before = await files()
      const load = await startWrk(lab, `${vip}/cart/`, 'paced')
      const probed = ['--yes', '--json', '--probe', `${vip}/cart/`]
      const drained = await zdt('drain', 'cart/app2', ...probed)
      expect(printed(drained.stdout)).toMatchObject({
        ended: 'done',
        summary: 'cart/app2 is drained: nobody is connected on web1, web2',
        probe: { total: { lost: 0 } },
      })
      expect(await lineOf('10.77.0.22')).toEqual([down, down])
      expect(new Set(await answering(10))).toEqual(new Set(['app1', 'app3']))
      expect((await zdt('status', 'cart')).stdout).toMatch(/^web1 +up 100 .* drain +up 100/m)
      await shop.on('app2', 'sudo systemctl restart shop')

      expect(printed((await zdt('drain', 'cart/app2', '--yes', '--json')).stdout)).toMatchObject({ ended: 'already' })
      const ready = await zdt('ready', 'cart/app2', ...probed)
      expect(printed(ready.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(await files()).toEqual(before)
      expect(await answering(10)).toContain('app2')
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      for (const lb of [shop.lb1, shop.lb2]) expect(await lb.status('web/web1')).toBe('UP')
    })

    // Eight reloads there and eight back, each with its nginx out of rotation.
    const long = { timeout: 900_000 }
    deep(
      'a rollout, and its rollback, under load through the VIP: out of HAProxy and nginx alike, nothing is lost',
      long,
      async () => {
        const before = await files()
        const load = await startWrk(lab, `${vip}/cart/`, 'paced')
        const probed = ['--yes', '--json', '--probe', `${vip}/cart/`]
        const times = ['--batch', '1,100%', '--settle', '0s', '--min-healthy', '1s']
        const patiently = async (...argv: string[]) => {
          const running = await shop.start(...argv, ...probed, '--fleet', await shop.fleet(withCart))
          return await running.ended
        }
        const there = await patiently('rollout', 'cart', '--to', '2.0.0', ...times)
        expect(printed(there.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
        expect(await versions()).toEqual(['2.0.0\n', '2.0.0\n', '2.0.0\n'])
        expect(await files()).toEqual(before)
        const { run } = JSON.parse(there.stdout) as { run: string }
        const back = await patiently('rollback', run)
        expect(printed(back.stdout)).toMatchObject({ probe: { total: { lost: 0 } } })
        expect(back).toMatchObject({ code: 0 })
        expect(await versions()).toEqual(['1.0.0\n', '1.0.0\n', '1.0.0\n'])
        expect(await files()).toEqual(before)
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      },
    )

    const versions = () => Promise.all(['app1', 'app2', 'app3'].map((app) => shop.on(app, 'cat /etc/shop/version')))
    const all = (version: string) => [version, version, version].map((one) => `${one}\n`)
    /** A rollout to its end, its first hold told of as it comes. */
    const rollout = async (yaml: (text: string) => string, ...argv: readonly string[]) => {
      const settle = argv.includes('--settle') ? [] : ['--settle', '0s']
      const words = [...settle, '--yes', '--json', '--probe', `${vip}/cart/`, ...argv]
      return await shop.start('rollout', 'cart', ...words, '--fleet', await shop.fleet(yaml))
    }

    deep('a canary: a share of the requests, then a greater one, then all; nothing is lost', long, async () => {
      const before = await files()
      const load = await startWrk(lab, `${vip}/cart/`, 'paced')
      const words = ['--strategy', 'canary', '--shares', '10%,50%', '--min-healthy', '3s', '--batch', '100%']
      const running = await rollout(cartAlone, '--to', '2.0.0', ...words)
      await expect
        .poll(() => lineOf('10.77.0.21'), long)
        .toEqual(Array(2).fill(expect.stringMatching(/weight=22; # of 100$/)))
      const answers = await answering(40)
      expect(answers.filter((app) => app === 'app1').length).toBeLessThan(20)
      expect(answers).toContain('app1')
      await expect
        .poll(() => lineOf('10.77.0.21'), long)
        .toEqual(Array(2).fill(expect.stringMatching(/weight=200; # of 100$/)))
      const { code, stdout } = await running.ended
      expect(printed(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(code).toBe(0)
      expect(await versions()).toEqual(all('2.0.0'))
      expect(await files()).toEqual(before)
      const { run } = JSON.parse(stdout) as { run: string }
      const back = await shop.start('rollback', run, '--yes', '--json', '--fleet', await shop.fleet(cartAlone))
      expect(await back.ended).toMatchObject({ code: 0 })
      expect(await versions()).toEqual(all('1.0.0'))
      expect(await files()).toEqual(before)
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
    })

    const colours = 'blue_green: { colours: { blue: [app1], green: [app2, app3] } }'
    describe.each(['rolling', 'canary', 'blue-green'] as const)('%s', (strategy) => {
      const fleet = (yaml: string) => cartAlone(yaml).replace('rollout: {', `rollout: { ${colours},`)
      const rests = async (word: 'maint' | 'ready') => {
        if (strategy !== 'blue-green') return
        for (const app of ['app2', 'app3'])
          expect(await shop.zdt(word, `cart/${app}`, '--yes', '--fleet', await shop.fleet(cartAlone))).toMatchObject({
            code: 0,
          })
      }
      const shares = strategy === 'canary' ? ['--shares', '30%', '--samples', '50'] : []
      const times = ['--min-healthy', '12s', '--keep-old', '1s']

      deep.each(['dead', 'liar', 'dies', 'undeployable'])(
        'to 2.0.0-%s: caught, and put back, and nothing is lost',
        long,
        async (flaw) => {
          await rests('maint')
          const before = await files()
          const load = await startWrk(lab, `${vip}/cart/`, 'paced')
          // Whoever dies does so before anybody is sent there; behind nginx a request may be asked twice, too.
          const words = ['--strategy', strategy, ...shares, ...times, '--settle', flaw === 'dies' ? '15s' : '1s']
          const { code, stdout } = await (await rollout(fleet, '--to', `2.0.0-${flaw}`, ...words)).ended
          expect(code, stdout).toBe(4)
          expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
          expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
          expect(await versions()).toEqual(all('1.0.0'))
          expect(await files()).toEqual(before)
          await rests('ready')
        },
      )

      deep.each([
        ['errors', 'too many errors: app'],
        ['slow', 'too slow: app'],
      ])('to 2.0.0-%s: seen in nginx’s own logs, and put back', long, async (flaw, sentence) => {
        await rests('maint')
        const before = await files()
        const load = await startWrk(lab, `${vip}/cart/`, 'paced')
        // Without the probe: to that one an answer 500 is lost, which is told first.
        const argv = ['rollout', 'cart', '--to', `2.0.0-${flaw}`, '--strategy', strategy, ...shares, ...times]
        const zdt = await shop.start(...argv, '--yes', '--json', '--settle', '0s', '--fleet', await shop.fleet(fleet))
        const { code, stdout } = await zdt.ended
        const { errors, not2xx, requests } = await load.stop()
        expect(stdout).toContain(sentence)
        expect(printed(stdout)).toMatchObject({ ended: 'put-back' })
        expect(code).toBe(4)
        expect(errors).toBe(0)
        // 3 % of what it got, until it was seen.
        expect(not2xx).toBeLessThanOrEqual(flaw === 'slow' ? 0 : requests * 0.02)
        expect(await versions()).toEqual(all('1.0.0'))
        expect(await files()).toEqual(before)
        await rests('ready')
      })
    })

    deep.each(['', '--shares'])(
      'blue-green %s: the colour that rests takes the place of the other, at nginx and HAProxy; nothing is lost',
      long,
      async (shares) => {
        const coloured = (yaml: string) =>
          withCart(yaml).replace(
            'health: { path: /healthz } }\n',
            'health: { path: /healthz }, blue_green: { colours: { blue: [app1], green: [app2, app3] } } }\n',
          )
        const load = await startWrk(lab, `${vip}/cart/`, 'paced')
        for (const app of ['app2', 'app3']) expect(await zdt('maint', app, '--yes')).toMatchObject({ code: 0 })
        const before = [await files(), await shop.settings()]
        const more = shares === '' ? [] : [shares, '20%', '--samples', '1']
        const words = ['--strategy', 'blue-green', '--min-healthy', '2s', '--keep-old', '2s', ...more]
        const { code, stdout } = await (await rollout(coloured, '--to', '2.0.0', ...words)).ended
        expect(code, stdout).toBe(0)
        expect(printed(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
        expect(await versions()).toEqual(['1.0.0\n', '2.0.0\n', '2.0.0\n'])
        expect(new Set(await answering(20))).toEqual(new Set(['app2', 'app3']))
        expect(await shop.states('shop/app1')).toEqual(['MAINT', 'MAINT'])
        const { run } = JSON.parse(stdout) as { run: string }
        const back = await shop.start('rollback', run, '--yes', '--json', '--fleet', await shop.fleet(coloured))
        expect(await back.ended).toMatchObject({ code: 0 })
        expect([await files(), await shop.settings()]).toEqual(before)
        for (const app of ['app2', 'app3']) expect(await zdt('ready', app, '--yes')).toMatchObject({ code: 0 })
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      },
    )

    describe('with web1 alone', () => {
      const fleet = () => shop.fleet((yaml) => withCart(yaml).replace('hosts: [web1, web2]', 'hosts: [web1]'))
      const alone = async (...argv: string[]) => shop.zdt(...argv, '--fleet', await fleet())

      test('a websocket is waited for, and shown', async () => {
        const clients = await Promise.all([
          shop.anyClient('websocket', 'http://10.77.0.13/cart/live'),
          shop.anyClient('websocket', 'http://10.77.0.13/cart/live'),
          shop.anyClient('websocket', 'http://10.77.0.13/cart/live'),
        ])
        const drain = await shop.start('drain', 'cart/app2', '--yes', '--fleet', await fleet())
        await drain.said(/web1 +10\.77\.0\.13:\d+ +connection of nginx worker \d+, quiet for/)
        for (const client of clients) client.write('close')
        expect(await drain.ended).toMatchObject({ code: 0 })
        await Promise.all(clients.map((client) => client.said(/^closed/m)))
        expect(await alone('ready', 'cart/app2', '--yes')).toMatchObject({ code: 0 })
      })

      deep('force cuts who is left, and nobody else', async () => {
        const left = await Promise.all([1, 2, 3].map(() => shop.anyClient('websocket', 'http://10.77.0.13/cart/live')))
        const forced = await alone('drain', 'cart/app2', '--yes', '--timeout', '1s', '--on-timeout', 'force')
        expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining('1 connection') as string })
        await expect.poll(() => left.filter((client) => /^closed/m.test(client.stdout())).length, soon).toBe(1)
        expect(await alone('ready', 'cart/app2', '--yes')).toMatchObject({ code: 0 })
      })

      deep('a weight is a share of the full one; none there is not', async () => {
        expect(await alone('weight', 'cart/app2', '5%', '--yes')).toMatchObject({ code: 0 })
        expect((await lineOf('10.77.0.22'))[0]).toBe('server 10.77.0.22:8080 weight=5; # of 100')
        const none = await alone('weight', 'cart/app2', '0', '--yes')
        expect(none).toMatchObject({ code: 3, stderr: expect.stringContaining('zdt drain cart/app2') as string })
        expect(await alone('weight', 'cart/app2', '100%', '--yes')).toMatchObject({ code: 0 })
        expect((await lineOf('10.77.0.22'))[0]).toBe(plain)
      })

      deep(
        'the last that serves is not taken out, one that is dead does not come back, and what was done is put back',
        async () => {
          expect(await alone('maint', 'cart/app1', '--yes')).toMatchObject({ code: 0 })
          await shop.on('app3', 'sudo systemctl stop shop')
          const last = await alone('drain', 'cart/app2', '--yes')
          expect(last).toMatchObject({ code: 3, stdout: '' })
          expect(last.stderr.replaceAll(/\s+/g, ' ')).toMatch(
            /would leave cart without a server web1 sees app1 drained, app3 port 8080: connection refused/,
          )
          expect(last.stderr).toContain('zdt ready app1')
          await shop.on('app3', 'sudo systemctl start shop')

          await shop.on('app1', 'sudo systemctl stop shop')
          const dead = await alone('ready', 'cart/app1', '--yes', '--timeout', '2s')
          expect(dead).toMatchObject({ code: 3, stdout: expect.stringContaining('connection refused') as string })
          expect((await lineOf('10.77.0.21'))[0]).toContain('down;')
          await shop.on('app1', 'sudo systemctl start shop')

          const undrained = await alone('drain', 'cart/app3', '--yes', '--json', '--allow-empty')
          await shop.on('app3', 'sudo systemctl stop shop')
          const back = await alone('rollback', (JSON.parse(undrained.stdout) as { run: string }).run, '--yes')
          expect(back).toMatchObject({ code: 5, stdout: expect.stringContaining('app3 does not answer') as string })
          expect((await lineOf('10.77.0.23'))[0]).toContain('down;')
          await shop.on('app3', 'sudo systemctl start shop')
          // It stopped half-way, with web1 still out.
          await shop.orderBoth('set server web/web1 state ready')

          const ready = await alone('ready', 'cart/app1', '--yes', '--json')
          expect(ready).toMatchObject({ code: 0 })
          const { run } = JSON.parse(ready.stdout) as { run: string }
          expect(await alone('rollback', run, '--yes')).toMatchObject({ code: 0 })
          expect((await lineOf('10.77.0.21'))[0]).toContain('down;')
          expect(await alone('ready', 'cart/app1', '--yes')).toMatchObject({ code: 0 })
        },
      )

      deep('an nginx that its own pool cannot do without is told all the same where that is said', async () => {
        expect(await alone('drain', 'cart/app2', '--yes')).toMatchObject({ code: 0 })
        await shop.orderBoth('set server web/web2 state drain')
        for (const argv of [
          ['ready', 'cart/app2'],
          ['weight', 'cart/app3', '50%'],
        ]) {
          const refused = await alone(...argv, '--yes')
          expect(refused).toMatchObject({ code: 3, stdout: '' })
          expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(
            /draining web1 for the reload would leave web without a server .*the same with --in-place/,
          )
          expect(await alone(...argv, '--yes', '--in-place')).toMatchObject({ code: 0 })
        }
        await shop.orderBoth('set server web/web2 state ready')
        expect((await lineOf('10.77.0.22'))[0]).toBe(plain)
        expect(await alone('weight', 'cart/app3', '100%', '--yes')).toMatchObject({ code: 0 })
      })

      deep('a reload brings what is written down live, and no pool below what it wants', async () => {
        const old = 'until [ "$(ps -o etimes= -C nginx | sort -n | head -1)" -ge 3 ]; do sleep 0.1; done'
        await fromOutside(lab, 'web1', `${old}; sed -i 's/ weight=100;/ weight=100 down;/' ${file}`)
        const refused = await alone('reload', 'nginx', '--host', 'web1', '--yes')
        await fromOutside(lab, 'web1', `sed -i '/0.22/!s/ down;/;/' ${file}`)
        const taken = await alone('reload', 'nginx', '--host', 'web1', '--yes', '--json')
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toContain('a reload without app1, app2, app3 would leave cart without a server')
        expect(taken).toMatchObject({
          code: 0,
          stdout: expect.stringContaining(`${file} on web1 was changed after nginx had read it`) as string,
        })
      })

      deep('an nginx that was restarted reads what a run has left: that can be taken back', async () => {
        const drained = await alone('drain', 'cart/app2', '--yes', '--json')
        expect((await lineOf('10.77.0.22'))[0]).toBe(down)
        await fromOutside(lab, 'web1', 'systemctl restart nginx')
        const { run } = JSON.parse(drained.stdout) as { run: string }
        expect(await alone('rollback', run, '--yes')).toMatchObject({ code: 0 })
        expect((await lineOf('10.77.0.22'))[0]).toBe(plain)
        expect(await shop.states('web/web1')).toEqual(['UP', 'UP'])
      })

      test('an upstream that is not read from there, a server that is not listed, a configuration that is none: refused', async () => {
        const said = async (line: string, undo: string) => {
          await fromOutside(lab, 'web1', line)
          const refused = await alone('drain', 'cart/app2', '--yes')
          await fromOutside(lab, 'web1', undo)
          expect(refused).toMatchObject({ code: 3, stdout: '' })
          return refused.stderr.replaceAll(/\s+/g, ' ')
        }
        const conf = '/etc/nginx/nginx.conf'
        expect(await said(`mv ${file} ${file}.away`, `mv ${file}.away ${file}`)).toContain(
          'nginx does not take the configuration',
        )
        expect(
          await said(
            `cp ${conf} ${conf}.was; sed -i 's#include .*shop.conf;#server 10.77.0.22:8080;#' ${conf}`,
            `mv ${conf}.was ${conf}`,
          ),
        ).toContain(`web1 does not read ${file}`)
        await fromOutside(lab, 'web1', 'systemctl reload nginx')
        // What is compared, a file's time and a worker's age, is told in whole seconds.
        const old = 'until [ "$(ps -o etimes= -C nginx | sort -n | head -1)" -ge 3 ]; do sleep 0.1; done'
        expect(
          await said(
            `${old}; sed -i 's/0.23:8080/& down/' ${file}`,
            `sed -i 's/ down//' ${file}; systemctl reload nginx`,
          ),
        ).toContain(`nginx on web1 has not read ${file} since it was changed`)
        expect(await said(`cp ${file} ${file}.was; sed -i '/0.22/d' ${file}`, `mv ${file}.was ${file}`)).toContain(
          `has no app2 at 10.77.0.22:8080`,
        )
      })
    })
  })
}
