import { describe, expect, test, vi } from 'vitest'
import { describeOnLab, useLab } from './support/lab.ts'
import { deep, isWide } from './support/wide.ts'
import { printed, soon, useShop, vip } from './support/shop.ts'
import { useVips } from './support/vips.ts'
import { everySecond, unicast } from './support/vrrp.ts'
import { startWrk } from './support/wrk.ts'

/** A text that was wrapped, on one line. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

describeOnLab('zdt failover', () => {
  const shop = useShop(useLab())
  const vips = useVips(shop)

  const moves = [
    ['adverts every 0.1 s', (conf: string) => conf],
    ['adverts every second', everySecond],
    ['adverts by unicast', unicast],
  ] as const

  test.each(isWide ? moves : moves.slice(0, 1))(
    'given %s and clients of every kind / failover, and back / cuts nobody and loses nothing',
    async (_, edit) => {
      if (edit !== moves[0][1]) await vips.configure(edit)
      for (const [to, from] of [
        ['lb2', 'lb1'],
        ['lb1', 'lb2'],
      ] as const) {
        const clients = await Promise.all([
          shop.anyClient('websocket', `${vip}/shop/live`),
          shop.anyClient('get', `${vip}/shop/poll?ms=12000`),
          shop.anyClient('get', `${vip}/shop/download?bytes=2000000&ms=12000`),
          shop.anyClient('tcp', `${vip}:9000`),
          shop.anyClient('get', `${vip}/shop/`),
        ])
        const [websocket, poll, download, tcp, idle] = clients
        const wrk = await startWrk(shop.lab, `${vip}/shop/`)
        const run = await vips.start('failover', 'public', '--yes', '--json', '--probe', 'fleet')
        await run.said(new RegExp(`step 8/11 .*on ${from} any more … `))
        expect(await vips.holders()).toEqual([to])
        websocket?.write('say still here')
        await websocket?.said(/^heard .*still here/m)
        idle?.write('again')
        await idle?.said(/(answer 200 [^]*){2}/)
        await Promise.all([poll?.said(/^answer 200 "[^"]*news/m), download?.said(/^answer 200 /m)])
        for (const client of clients) client.write('close')
        await Promise.all(clients.map((client) => client.ended))
        for (const client of clients) expect(client.stdout()).not.toContain('broken')
        expect(tcp?.stdout()).toContain('closed')
        // wrk never lets go of a connection by itself: it is told to, and goes on with the new holder.
        const { code, stdout } = await run.ended
        expect(code, run.stderr()).toBe(0)
        expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(printed(stdout).probe?.total).toMatchObject({ lost: 0 })
        expect(await vips.holders()).toEqual([to])
        expect(await vips.leftovers()).toBe('')
        for (const lb of [shop.lb1, shop.lb2]) expect(await lb.ask('get var proc.leaving_until')).toContain('<0>')
      }
    },
    240_000,
  )

  deep('given three connections / failover --no-hand-off / cuts as many as the plan had said', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => shop.anyClient('websocket', `${vip}/shop/live`)))
    await vi.waitFor(async () => {
      const { stdout } = await shop.zdt('failover', 'public', '--no-hand-off', '--dry-run')
      expect(oneLine(stdout)).toContain('no hand-off: it is not wanted. The move cuts 3 connections')
    }, soon)
    expect(await shop.zdt('failover', 'public', '--no-hand-off', '--yes')).toMatchObject({ code: 0 })
    expect(await vips.holders()).toEqual(['lb2'])
    for (const client of clients) client.write('say still here')
    await Promise.all(clients.map((client) => client.said(/^broken .*ECONNRESET/m)))
    // lb1 never hears of their end, and would keep a later hand-off waiting.
    await shop.on('lb1', 'sudo systemctl restart haproxy')
  })

  deep(
    'given nopreempt / failover / stops Keepalived on the holder, says what that costs, and starts it as BACKUP',
    async () => {
      await vips.configure((conf) => conf.replace(/state \w+/, 'state BACKUP\n    nopreempt'))
      const websocket = await shop.anyClient('websocket', `${vip}/shop/live`)
      const run = await vips.start('failover', 'public', '--yes', '--json')
      await run.said(/lb2 has nopreempt, so Keepalived is stopped on lb1/)
      await run.said(/on lb1 any more … /)
      websocket.write('say still here')
      await websocket.said(/^heard .*still here/m)
      websocket.write('close')
      expect(await run.ended).toMatchObject({ code: 0 })
      expect(await vips.holders()).toEqual(['lb2'])
      expect((await shop.on('lb1', 'systemctl is-active keepalived')).trim()).toBe('active')
    },
  )

  describe('refuses', () => {
    deep('given VIP lists that differ / failover / names the address that only one of them has', async () => {
      await vips.configure((conf, host) =>
        host === 'lb2'
          ? conf.replace('virtual_ipaddress {', 'virtual_ipaddress {\n        10.77.0.101/16 dev host0')
          : conf,
      )
      const { code, stderr } = await shop.zdt('failover', 'public', '--yes')
      expect(code).toBe(3)
      expect(oneLine(stderr)).toContain('the VIP lists of lb1 and lb2 differ in 10.77.0.101')
      expect(await vips.holders()).toEqual(['lb1'])
    })

    deep('given a filter that drops adverts / two masters: a loud state, and every move refused', async () => {
      await shop.on(
        'lb2',
        `sudo nft 'table inet deaf { chain in { type filter hook input priority 0; ip protocol 112 drop; }; }'`,
      )
      await vi.waitFor(async () => expect(await vips.holders()).toEqual(['lb1', 'lb2']), soon)
      const { stdout } = await shop.zdt('vip', 'public')
      expect(stdout).toContain('✖ on lb1 and lb2: split brain')
      expect(oneLine(stdout)).toMatch(/web1 hears several answers for 10\.77\.0\.100: lb[12], lb[12]/)
      const refused = await shop.zdt('failover', 'public', '--yes', '--to', 'lb2')
      expect(refused).toMatchObject({ code: 3 })
      expect(oneLine(refused.stderr)).toContain('split brain: lb1 and lb2 hold 10.77.0.100')
      expect(await vips.holders()).toEqual(['lb1', 'lb2'])
    })

    test('given a server that is in maintenance on lb2 alone / failover / says so and moves nothing', async () => {
      await shop.lb2.order('set server shop/app1 state maint')
      const { code, stderr } = await shop.zdt('failover', 'public', '--yes')
      expect(code).toBe(3)
      expect(stderr).toContain('shop/app1 is up on lb1, maint on lb2')
      expect(await vips.holders()).toEqual(['lb1'])
    })

    deep('given a backup whose HAProxy is down / failover / says that nothing would answer', async () => {
      await shop.on('lb2', 'sudo systemctl stop haproxy')
      const { code } = await shop.zdt('failover', 'public', '--yes')
      await shop.on('lb2', 'sudo systemctl start haproxy')
      expect(code).toBe(3)
      expect(await vips.holders()).toEqual(['lb1'])
    })
  })

  test('given Keepalived killed on the holder, which leaves the VIP on both / vip heal / one holder, and the segment hears it', async () => {
    // The child first: it would give the VIP away when its parent dies.
    await shop.on('lb1', "sudo sh -c 'kill -9 $(tac /sys/fs/cgroup/system.slice/keepalived.service/cgroup.procs)'")
    await vi.waitFor(async () => expect(await vips.holders()).toEqual(['lb1', 'lb2']), soon)
    expect(await shop.zdt('failover', 'public', '--yes', '--to', 'lb1')).toMatchObject({ code: 3 })
    const healed = await shop.zdt('vip', 'heal', 'public', '--yes')
    expect(healed, healed.stderr).toMatchObject({ code: 0 })
    expect(await vips.holders()).toEqual(['lb2'])
    const { stdout } = await shop.zdt('vip', 'public')
    expect(stdout).toMatch(/web1 hears lb2 /)
  })

  deep(
    'given a VIP that was moved / failback / returns it to the host with the highest priority of its own',
    async () => {
      expect(await shop.zdt('failover', 'public', '--yes')).toMatchObject({ code: 0 })
      expect(await vips.holders()).toEqual(['lb2'])
      expect(await shop.zdt('failback', 'public', '--yes')).toMatchObject({ code: 0 })
      expect(await vips.holders()).toEqual(['lb1'])
      expect(await shop.zdt('failback', 'public', '--yes')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('lb1 holds 10.77.0.100 already') as string,
      })
    },
  )

  deep(
    'given a holder and its backup / keepalived restart / refused on the one, done on the other, and nobody notices',
    async () => {
      const pid = () => shop.on('lb2', 'systemctl show -p MainPID --value keepalived')
      const before = await pid()
      const refused = await shop.zdt('keepalived', 'restart', '--host', 'lb1', '--yes')
      expect(refused).toMatchObject({ code: 3 })
      expect(oneLine(refused.stderr)).toContain('lb1 holds 10.77.0.100: Keepalived is restarted on a BACKUP alone')
      const done = await shop.zdt('keepalived', 'restart', '--host', 'lb2', '--yes', '--json', '--probe', 'fleet')
      expect(done, done.stderr).toMatchObject({ code: 0 })
      expect(printed(done.stdout).probe?.total).toMatchObject({ lost: 0 })
      expect(await pid()).not.toBe(before)
      expect(await vips.holders()).toEqual(['lb1'])
    },
  )

  deep(
    'given keepalived.conf that is gone / keepalived restart / is told by the trial start, and nothing ends',
    async () => {
      const pid = () => shop.on('lb2', 'systemctl show -p MainPID --value keepalived')
      const before = await pid()
      await shop.on('lb2', 'sudo mv /etc/keepalived/keepalived.conf /run/')
      try {
        const tried = await shop.zdt('keepalived', 'restart', '--host', 'lb2', '--yes')
        expect(tried).toMatchObject({ code: 3 })
        expect(oneLine(tried.stdout + tried.stderr)).toContain('keepalived.conf is empty, executable or not there')
        expect(await pid()).toBe(before)
        // systemd does not start it, nor does the way back: it is not said to be as it was.
        const dead = await shop.zdt('keepalived', 'restart', '--host', 'lb2', '--yes', '--without-trial')
        expect(dead).toMatchObject({ code: 5 })
        expect(oneLine(dead.stdout + dead.stderr)).toContain('keepalived does not run on lb2')
        await shop.on('lb2', 'sudo mv /run/keepalived.conf /etc/keepalived/')
        const run = /run ([0-9A-Z]{6}) ended: left/.exec(dead.stderr)?.[1] ?? ''
        expect(await shop.zdt('rollback', run, '--yes')).toMatchObject({ code: 0 })
        expect(await pid()).not.toBe('0\n')
      } finally {
        const back = 'cd /run; [ ! -e keepalived.conf ] || sudo mv keepalived.conf /etc/keepalived/'
        await shop.on('lb2', `${back}; sudo systemctl start keepalived`)
      }
      await vi.waitFor(async () => expect(await vips.holders()).toEqual(['lb1']), soon)
    },
  )

  test.runIf(isWide)(
    'given a hand-off under way / zdt is killed / both hosts clean up in the time that was announced',
    async () => {
      const websocket = await shop.anyClient('websocket', `${vip}/shop/live`)
      const run = await vips.start('failover', 'public', '--yes', '--max-handoff', '1s', '--on-timeout', 'wait')
      await run.said(/1 m 1 s/)
      await run.said(/on lb1 any more … /)
      run.signal('SIGKILL')
      await run.ended
      expect(await vips.leftovers()).toContain('zdt_vip_10_77_0_100')
      const seen = oneLine((await shop.zdt('vip', 'public')).stdout)
      expect(seen).toMatch(/priority lb1: -60 in \/etc\/keepalived\/priority/)
      expect(seen).toMatch(/hand-off ends by itself in (1 m|\d+ s) at the latest, which cuts who is left \(zdt runs\)/)
      expect(await shop.zdt('failover', 'public', '--yes', '--to', 'lb1', '--wait-for-lock', '45s')).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('a hand-off of 10.77.0.100 is under way') as string,
      })
      await vi.waitFor(async () => expect(await vips.leftovers()).toBe(''), { timeout: 75_000, interval: 1000 })
      expect(await vips.holders()).toEqual(['lb2'])
      websocket.signal('SIGKILL')
    },
  )

  test.runIf(isWide)(
    'given a hand-off that was left and has ended by itself / resumed it is done where it is; a rollback that would cut is refused',
    async () => {
      const old = await shop.anyClient('websocket', `${vip}/shop/live`)
      const left = await shop.zdt('failover', 'public', '--yes', '--max-handoff', '1s')
      expect(left).toMatchObject({ code: 5 })
      await vi.waitFor(async () => expect(await vips.leftovers()).toBe(''), { timeout: 80_000, interval: 1000 })
      const run = /run ([0-9A-Z]{6}) ended: left/.exec(left.stderr)?.[1] ?? ''
      const fresh = await shop.anyClient('websocket', `${vip}/shop/live`)
      const back = await shop.zdt('rollback', run, '--yes')
      expect(oneLine(back.stdout + back.stderr)).toContain('going back would cut them')
      expect(back).toMatchObject({ code: 5 })
      const ahead = await shop.zdt('resume', run, '--dry-run')
      expect(ahead.stdout).not.toMatch(/is fit to take|passes on what/)
      const resumed = await shop.zdt('resume', run, '--yes')
      expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
      expect(await vips.holders()).toEqual(['lb2'])
      fresh.write('say still here')
      await fresh.said(/^heard .*still here/m)
      old.signal('SIGKILL')
      // Neither hears of their end, and would keep a later hand-off waiting, or a rollback.
      fresh.signal('SIGKILL')
      for (const host of ['lb1', 'lb2']) await shop.on(host, 'sudo systemctl restart haproxy')
    },
    180_000,
  )

  deep(
    'given a websocket on lb1 / failover is rolled back in its hand-off / lb1 holds the VIP, and nobody was cut',
    async () => {
      const old = await shop.anyClient('websocket', `${vip}/shop/live`)
      // Lets go of no connection by itself: it is told to, there and back.
      const wrk = await startWrk(shop.lab, `${vip}/shop/`)
      const run = await vips.start(
        'failover',
        'public',
        '--yes',
        '--max-handoff',
        '3s',
        '--on-timeout',
        'rollback',
        '--json',
      )
      await run.said(/on lb1 any more … /)
      const fresh = await shop.anyClient('websocket', `${vip}/shop/live`)
      await vi.waitFor(async () => expect(await vips.holders()).toEqual(['lb1']), soon)
      for (const client of [old, fresh]) {
        client.write('say still here')
        await client.said(/^heard .*still here/m)
        client.write('close')
      }
      expect(await run.ended).toMatchObject({ code: 4 })
      expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      expect(await vips.leftovers()).toBe('')
      for (const lb of [shop.lb1, shop.lb2]) expect(await lb.ask('get var proc.leaving_until')).toContain('<0>')
    },
  )
})
