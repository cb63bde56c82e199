import { describe, expect, test, vi } from 'vitest'
import { fromOutside } from '../support/from-outside.ts'
import { printed, vip, soon, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'

/** A text that was wrapped, on one line. */
const oneLine = (text: string) => text.replaceAll(/\n {2,}/g, ' ')

/** The pools of one application by three ways, on one load balancer. */
const threePools = (yaml: string) =>
  yaml.replace(
    'pools:\n',
    ['never', 'tcp'].reduce(
      (text, name) =>
        `${text}  shop_${name}:
    balancer: haproxy/edge
    servers: { app1: 10.77.0.21:8080, app2: 10.77.0.22:8080, app3: 10.77.0.23:8080 }
`,
      'pools:\n',
    ),
  )

export function drainTests(shop: Shop): void {
  describe('zdt drain', () => {
    const { lb1, lb2 } = shop

    describe('waits', () => {
      test('given a slow request and a long poll / drain app2 / names both, and ends when they have their answers', async () => {
        const slow = await shop.client('get', `${vip}/shop/slow?ms=12000`)
        const poll = await shop.client('get', `${vip}/shop/poll?ms=12000`)
        const drain = await shop.start('drain', 'app2', '--yes')
        await Promise.all([slow.said(/^answer 200 "slept 12000/m), poll.said(/^answer 200 "[^"]*news/m)])
        const answered = Date.now()
        expect(await drain.ended).toMatchObject({ code: 0 })
        expect(Date.now() - answered).toBeLessThan(10_000)
        expect(drain.stderr()).toMatch(/lb1 .*10\.77\.0\.1:\d+ +GET, no answer yet +since \d/)
        expect(drain.stderr()).toMatch(/10\.77\.0\.1:\d+ +GET, answer 200 under way +since \d/)
        expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      })

      test('given a websocket on each load balancer / drain app2 / lets them work, and ends when both have ended', async () => {
        const first = await shop.client('websocket', `${vip}/shop/live`)
        const second = await shop.client('websocket', `http://${lb2.address}:8080/live`, { by: lb2 })
        const drain = await shop.start('drain', 'app2', '--yes')
        await drain.said(/lb1  10\.77\.0\.1:\d+ +websocket +since \d/)
        await drain.said(/lb2  10\.77\.0\.1:\d+ +websocket +since \d/)
        first.write('close')
        await first.said(/^closed/m)
        second.write('say hello')
        await second.said(/^heard .*hello/m)
        second.write('close')
        expect(await drain.ended).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('app2 is drained') as string,
        })
        expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      })

      test('given a websocket on a worker of before a reload / drain app2 / sees it there, and can shut it by force', async () => {
        const client = await shop.client('websocket', `${vip}/shop/live`)
        await shop.on('lb1', 'sudo systemctl reload haproxy')
        const old = await vi.waitFor(async () => {
          const [, pid] = /# old workers\n(\d+)/.exec(await lb1.askMaster('show proc')) ?? []
          expect(pid).toBeDefined()
          return pid
        }, 10_000)
        expect(Number((await lb1.stat('shop/app2'))['scur'])).toBe(0)
        const drain = await shop.start('drain', 'app2', '--yes', '--timeout', '1s', '--on-timeout', 'force')
        expect(await drain.ended).toMatchObject({ code: 0 })
        expect(drain.stderr()).toMatch(new RegExp(`lb1 +10\\.77\\.0\\.1:\\d+ +websocket +since .* old worker ${old}`))
        await client.said(/^closed/m)
        expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      })

      deep(
        'given a websocket on a worker of before a reload / drain app2 / waits for it, and ends when it has ended',
        async () => {
          const client = await shop.client('websocket', `${vip}/shop/live`)
          await shop.on('lb1', 'sudo systemctl reload haproxy')
          const drain = await shop.start('drain', 'app2', '--yes')
          await drain.said(/websocket +since .* old worker \d+/)
          client.write('close')
          await client.said(/^closed/m)
          expect(await drain.ended).toMatchObject({ code: 0 })
          expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
        },
      )

      deep(
        'given app2 in three pools / drain app2 / drains all its seats, and sees TCP and http-reuse never',
        async () => {
          const never = await shop.client('get', `${vip}:8081/poll?ms=15000`, { seat: 'shop_never/app2' })
          const idle = await shop.client('get', `${vip}:8081/version`, { seat: 'shop_never/app2' })
          const tcp = await shop.client('tcp', `${vip}:9000`, { seat: 'shop_tcp/app2' })
          const drain = await shop.start('drain', 'app2', '--yes', '--fleet', await shop.fleet(threePools))
          await drain.said(/10\.77\.0\.1:\d+ +GET, answer 200 under way/)
          await drain.said(/10\.77\.0\.1:\d+ +TCP +since/)
          await never.said(/^answer 200/m)
          tcp.write('close')
          expect(await drain.ended).toMatchObject({ code: 0 })
          // An idle connection is no reason to wait: its next request goes elsewhere.
          idle.write('again')
          await idle.said(/(answer 200 [^]*){2}/)
          for (const backend of ['shop', 'shop_never', 'shop_tcp']) {
            expect(await shop.states(`${backend}/app2`)).toEqual(['DRAIN', 'DRAIN'])
          }
        },
      )

      deep(
        'given a websocket that stays / drain app2 --timeout 1s / puts back, leaves or shuts, as --on-timeout says',
        async () => {
          const client = await shop.client('websocket', `${vip}/shop/live`)
          const drain = (...flags: string[]) => shop.zdt('drain', 'app2', '--yes', '--timeout', '1s', ...flags)

          const back = await drain('--on-timeout', 'rollback')
          expect(back).toMatchObject({
            code: 4,
            stdout: expect.stringContaining('time is over, and put back') as string,
          })
          expect(back.stdout).toMatch(/still awaited: lb1 +10\.77\.0\.1:\d+ +websocket/)
          expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])

          for (const left of [await drain(), await drain()]) {
            expect(left).toMatchObject({ code: 5 })
            expect(left.stdout).toMatch(/still awaited: lb1 +10\.77\.0\.1:\d+ +websocket/)
            expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
          }
          expect(client.stdout()).not.toContain('closed')

          expect(await drain('--on-timeout', 'force')).toMatchObject({ code: 0 })
          await client.said(/^closed/m)
          expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
        },
      )

      test('given a drain that waits / its connection to lb2 is cut / connects anew, and goes on', async () => {
        const client = await shop.client('websocket', `http://${lb2.address}:8080/live`, { by: lb2 })
        const drain = await shop.start('drain', 'app2', '--yes')
        await drain.said(/lb2 .*websocket/)
        const sessions = () => fromOutside(shop.lab, 'lb2', 'pgrep -u deploy "^sshd"')
        const cut = (await sessions()).trim().split('\n')
        await fromOutside(shop.lab, 'lb2', `kill -9 ${cut.join(' ')}`)
        // Somebody is logged in again, and it is not the test.
        await expect.poll(() => sessions().catch(() => ''), { timeout: 90_000 }).toMatch(/\d/)
        client.write('close')
        expect(await drain.ended).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      })

      deep('given a cookie that brings clients back / drain app2 / does not call it drained; maint does', async () => {
        await shop.configure((cfg) =>
          cfg.replace(/(\nbackend shop\n)([^]*?\n\n)/, (_, head: string, body: string) => {
            const servers = body.replaceAll(/server (app\d) (\S+) check/g, 'server $1 $2 check cookie $1')
            return `${head}    cookie SRV insert indirect nocache\n${servers}`
          }),
        )
        const client = await shop.client('get', `${vip}/shop/poll?ms=0`)
        const faithful = setInterval(() => client.write('again'), 200)
        try {
          const drain = await shop.zdt('drain', 'app2', '--yes', '--timeout', '4s')
          expect(drain.code).toBe(5)
          expect(drain.stdout).toMatch(/lb1 +clients still come by the cookie SRV, the last \d s ago/)
          expect(drain.stdout).toContain('zdt maint app2')
          expect(drain.stderr).toContain('a drain lets clients with the cookie SRV through')
          expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
          expect(await shop.zdt('maint', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
          const before = await shop.total('shop/app2')
          const answers = client.stdout().length
          await expect.poll(() => client.stdout().length, soon).toBeGreaterThan(answers)
          expect(await shop.total('shop/app2')).toBe(before)
        } finally {
          clearInterval(faithful)
        }
        expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
      })
    })

    describe('is undone by others', () => {
      test('given a drain that waits / somebody sets app2 ready on lb2 / it fails, says so, and puts lb1 back', async () => {
        await shop.client('websocket', `${vip}/shop/live`)
        await shop.client('websocket', `http://${lb2.address}:8080/live`, { by: lb2 })
        const drain = await shop.start('drain', 'app2', '--yes')
        await drain.said(/lb2 .*websocket/)
        await lb2.order('set server shop/app2 state ready')
        expect(await drain.ended).toMatchObject({ code: 4 })
        expect(drain.stdout()).toContain('shop/app2 takes new clients again on lb2, although it was drained')
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      })

      deep(
        'given a drain that waits / HAProxy on lb1 is reloaded and forgets it / it fails, and says why',
        async () => {
          await shop.client('websocket', `${vip}/shop/live`)
          const drain = await shop.start('drain', 'app2', '--yes')
          await drain.said(/websocket/)
          await shop.on('lb1', 'sudo systemctl reload haproxy')
          expect(await drain.ended).toMatchObject({ code: 4 })
          expect(drain.stdout()).toContain('shop/app2 takes new clients again on lb1')
          expect(drain.stdout()).toMatch(/said: HAProxy there was reloaded or restarted \d s ago/)
          expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
        },
      )

      deep(
        'given an agent that says ready / drain, maint, ready / it is held off meanwhile, and heard afterwards',
        async () => {
          await shop.configure((cfg) =>
            cfg.replaceAll(
              /(?<=backend shop\n[^]*)(server app\d 10\S+ check)(?=[^]*backend shop_never)/g,
              (server: string) => `${server} weight 10 agent-check agent-port 9001 agent-inter 300ms`,
            ),
          )
          await shop.on('app2', 'echo ready 100% | sudo tee /run/shop/agent')
          const agent = async () => [await lb1.agent('shop/app2'), await lb2.agent('shop/app2')]
          expect(await agent()).toEqual(['heard', 'heard'])
          expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect([await agent(), await shop.states('shop/app2')]).toEqual([
            ['off', 'off'],
            ['DRAIN', 'DRAIN'],
          ])
          expect(await shop.zdt('maint', 'app2', '--yes')).toMatchObject({ code: 0 })
          // A fresh check of a neighbour is later than several agent checks of 300 ms.
          expect(await shop.zdt('ready', 'app1', '--yes')).toMatchObject({ code: 0 })
          expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
          expect(await shop.zdt('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect([await agent(), await shop.states('shop/app2')]).toEqual([
            ['heard', 'heard'],
            ['UP', 'UP'],
          ])
          await shop.on('app2', 'echo drain | sudo tee /run/shop/agent')
          await expect.poll(() => shop.states('shop/app2'), soon).toEqual(['DRAIN (agent)', 'DRAIN (agent)'])
          await shop.on('app2', 'echo ready | sudo tee /run/shop/agent')
          await expect.poll(() => shop.states('shop/app2'), soon).toEqual(['UP', 'UP'])

          // What the operator has switched off is not switched on by zdt.
          await shop.orderBoth('disable agent shop/app2')
          expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
          const back = await shop.zdt('ready', 'app2', '--yes')
          expect(back).toMatchObject({ code: 0 })
          expect(back.stderr).toContain('the agent check of shop/app2 on lb1 stays off, as it was before')
          expect([await agent(), await shop.states('shop/app2')]).toEqual([
            ['off', 'off'],
            ['UP', 'UP'],
          ])
        },
      )
    })

    describe('keeps enough servers', () => {
      test('given app1 in maintenance by zdt and app2 dead / drain app3 / is refused with who is out, why, and by whom', async () => {
        const maint = await shop.zdt('maint', 'app1', '--yes', '--json')
        const run = (JSON.parse(maint.stdout) as { run: string }).run
        await shop.on('app2', 'sudo systemctl stop shop')
        await expect.poll(() => shop.states('shop/app2'), soon).toEqual(['DOWN', 'DOWN'])
        const before = await shop.settings()
        const refused = await shop.zdt('drain', 'app3', '--yes')
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(oneLine(refused.stderr)).toMatch(
          new RegExp(
            `^✖ refused: draining app3 would leave shop without a server lb1 and lb2 see app1 in maintenance \\(since \\d\\d:\\d\\d, by run ${run}, \\S+\\) and app2 down \\(connection refused, 10\\.77\\.0\\.22:8080\\) Nothing was changed\\. Next: zdt ready app1 or, if you mean it: zdt drain app3 --allow-empty\n$`,
          ),
        )
        expect(await shop.settings()).toBe(before)
        // The dead one takes nothing away.
        expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
        expect(await shop.zdt('drain', 'app3', '--yes', '--allow-empty')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app3')).toEqual(['DRAIN', 'DRAIN'])
      })

      test('given min_available 3 / drain app2 / is refused, and so it is printed as JSON', async () => {
        const fleet = await shop.fleet((yaml) => yaml.replace('min_available: 1', 'min_available: 3'))
        const refused = await shop.zdt('drain', 'app2', '--yes', '--json', '--fleet', fleet)
        expect(refused.code).toBe(3)
        expect(printed(refused.stdout)).toMatchObject({ exit: 3, error: { code: 'capacity' } })
        expect(oneLine(refused.stderr)).toContain(
          'draining app2 would leave shop with 2 servers, where at least 3 are wanted lb1 and lb2 see app1 up and app3 up Nothing',
        )
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      })

      deep('given two others that go after the plan was shown / drain app2 / is refused under the run', async () => {
        const drain = await shop.start('drain', 'app2', '--yes', '--probe', `${vip}/shop/`)
        await drain.said(/after this 2 of 3 servers serve shop/)
        await shop.orderBoth('set server shop/app1 state maint', 'set server shop/app3 state maint')
        expect(await drain.ended).toMatchObject({ code: 3 })
        expect(drain.stdout()).toContain('draining app2 would leave shop without a server')
        expect(drain.stdout()).toContain('Nothing was changed.')
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      })
    })

    describe('is interrupted', () => {
      test('given a drain that waits / Ctrl-C / pauses at once, says how to go on, and the journal tells', async () => {
        await shop.client('websocket', `${vip}/shop/live`)
        const drain = await shop.start('drain', 'app2', '--yes')
        await drain.said(/websocket/)
        drain.signal('SIGINT')
        const at = Date.now()
        expect(await drain.ended).toMatchObject({ code: 130 })
        expect(Date.now() - at).toBeLessThan(5000)
        expect(drain.stdout()).toMatch(/go on with +zdt resume \w+/)
        expect(drain.stdout()).toMatch(/undo with +zdt rollback \w+/)
        const run = /zdt runs show (\w+)/.exec(drain.stdout())?.[1] ?? ''
        expect((await shop.zdt('runs')).stdout).toMatch(new RegExp(`${run}.*drain app2.*interrupted`))
        expect(await shop.zdt('runs', 'show', run)).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
        expect(await shop.zdt('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      })

      deep('given a drain that waits / Ctrl-C twice / stops as soon', async () => {
        await shop.client('websocket', `${vip}/shop/live`)
        const drain = await shop.start('drain', 'app2', '--yes')
        await drain.said(/websocket/)
        drain.signal('SIGINT')
        drain.signal('SIGTERM')
        expect(await drain.ended).toMatchObject({ code: 130 })
        const run = /undo with +zdt rollback (\w+)/.exec(drain.stdout())?.[1] ?? ''
        expect(await shop.zdt('rollback', run, '--yes')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      })
    })

    describe('says', () => {
      test('drain app2 --dry-run / shows every command, and touches nothing', async () => {
        const before = await shop.settings()
        const dry = await shop.zdt('drain', 'app2', '--dry-run')
        expect(dry).toMatchObject({ code: 0, stderr: '' })
        expect(dry.stdout).toContain(
          `echo 'set server shop/app2 state drain' | sudo socat - UNIX-CONNECT:/run/haproxy/admin.sock`,
        )
        expect(dry.stdout).toContain('Dry run: nothing was touched.')
        const json = await shop.zdt('drain', 'app2', '--dry-run', '--json')
        expect(json).toMatchObject({ code: 0, stderr: '' })
        expect(JSON.parse(json.stdout)).toMatchObject({
          plan: { title: 'drain app2' },
          situation: { seats: [{ host: 'lb1' }, { host: 'lb2' }] },
        })
        expect(await shop.settings()).toBe(before)
      })

      test('drain app2 --json, then --events / one document, then one event a line, and nothing else on stdout', async () => {
        const json = await shop.zdt('drain', 'app2', '--yes', '--json')
        expect(printed(json.stdout)).toMatchObject({
          exit: 0,
          ended: 'done',
          summary: 'app2 is drained: nobody is connected on lb1, lb2',
        })
        const again = await shop.zdt('drain', 'app2', '--yes', '--events')
        const events = again.stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { event: string; ended?: string; at: number })
        expect(events[0]).toMatchObject({ event: 'run', plan: { title: 'drain app2' } })
        expect(events.map(({ event }) => event)).toEqual(
          expect.arrayContaining(['stage', 'observed', 'already', 'waiting', 'verified', 'stage-end']),
        )
        expect(events.at(-1)).toMatchObject({ event: 'end', ended: 'already' })
        expect(again).toMatchObject({ code: 0, stderr: '' })
        expect((await shop.zdt('drain', 'app2', '--yes')).stdout).toBe(
          '✔ app2 was drained already: nobody is connected on lb1, lb2\n',
        )
      })
    })
  })
}
