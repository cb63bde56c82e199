import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { useApplying } from './applying.ts'
import type { Ended, Lab } from './lab.ts'
import { soon } from './shop.ts'

const binary = '/usr/sbin/haproxy'

/** What a daemon's own check passes, and what then takes the service down, each met by an apply; the same for every version. */
export function applyTrapTests(lab: Lab): void {
  const { fleet, balancers, apply, halted, underLoad, world, edit, statuses } = useApplying(lab)
  const { files } = fleet
  const done = { code: 0 }
  const mends: (() => Promise<unknown>)[] = []
  /** Breaks something on a host, and mends it after the test. */
  const broken = async (host: string, line: string, mend: string) => {
    mends.push(() => fleet.root(host, mend))
    await fleet.root(host, line)
  }
  const said = ({ stdout, stderr }: Ended) => `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
  const maxconn = (text: string) => text.replace('maxconn 8000', 'maxconn 9000')
  /** Refused, with a sentence, and nothing was lost or changed. */
  const refused = async (sentence: RegExp, ...args: readonly string[]) => {
    const before = await world()
    const ended = await underLoad(() => apply(...args))
    expect(said(ended)).toMatch(sentence)
    expect([3, 4]).toContain(ended.code)
    expect(await world()).toBe(before)
  }
  const pids = (unit: string) =>
    Promise.all(['lb1', 'lb2'].map((host) => fleet.root(host, `systemctl show -p MainPID --value ${unit}`)))
  const holders = () =>
    Promise.all(['lb1', 'lb2'].map((host) => fleet.root(host, 'ip -o address show dev host0 to 10.77.0.100')))

  beforeAll(async () => {
    // From here on all of it is zdt's.
    await fleet.edit(files.haproxy, (text) => text.replace('retries 3', 'retries 2'))
    await fleet.edit(files.nginx, (text) => text.replace('worker_connections 4096', 'worker_connections 4095'))
    await fleet.edit(files.keepalived, (text) => `${text}\n# by zdt\n`)
    const live = await apply('--accept-drift')
    expect(live.code, said(live)).toBe(0)
  }, 120_000)
  // Before what was edited is put back, for it must be live again.
  afterEach(async () => {
    for (const mend of mends.splice(0).toReversed()) await mend()
  })

  test('case 1: a program that says its version and dies of everything else', async () => {
    const script = `#!/bin/sh\\ncase $1 in -v*) exec ${binary}.own "$@" ;; esac\\nexit 1\\n`
    await broken(
      'lb2',
      `cp -p ${binary} ${binary}.own && printf '${script}' > ${binary}.new && chmod 755 ${binary}.new && mv ${binary}.new ${binary}`,
      `mv ${binary}.own ${binary}`,
    )
    await edit(files.haproxy, maxconn)
    await refused(
      /lb2.*(is no longer what runs|does not start|refuses this configuration|does not run here)/,
      'haproxy',
    )
  })

  test('case 10: an address that is taken after the trial has found it free: nginx is put back, nothing lost', async () => {
    await edit(files.nginx, (text) => text.replace('listen 80;', 'listen 80; listen 9998;'))
    const before = await world()
    const ended = await underLoad(async () => {
      const zdt = await halted(['apply', 'nginx'], { event: 'applying', steps: ['config.put-live'], after: 0 })
      const host = /"event":"applying","step":"[\d.]+\.(web\d)/.exec(zdt.stdout())?.[1] ?? 'web1'
      await broken(
        host,
        'socat TCP-LISTEN:9998,fork,reuseaddr /dev/null >/dev/null 2>&1 & echo $! > /run/taker.pid',
        'kill $(cat /run/taker.pid); rm /run/taker.pid',
      )
      zdt.signal('SIGCONT')
      return zdt.ended
    })
    expect(said(ended)).toMatch(/9998/)
    expect(ended.code).toBe(4)
    expect(await world()).toBe(before)
    await vi.waitFor(async () => expect(await statuses('web/web1')).toEqual(['UP', 'UP']), soon)
    await vi.waitFor(async () => expect(await statuses('web/web2')).toEqual(['UP', 'UP']), soon)
  })

  test('case 11: an nginx whose pid file is gone', async () => {
    await broken('web2', 'mv /run/nginx.pid /run/nginx.was', 'mv /run/nginx.was /run/nginx.pid')
    await edit(files.nginx, (text) => text.replace('worker_connections 4095', 'worker_connections 4000'))
    await refused(/web2.*pid file/, 'nginx')
  })

  test('case 19: a changed Keepalived is never restarted: the same processes, the same holder, nothing lost', async () => {
    const [before, held] = [await pids('keepalived'), await holders()]
    await edit(files.keepalived, (text) =>
      text.replace(/garp_master_refresh \d+|(?=\bvirtual_router_id)/, 'garp_master_refresh 61\n    '),
    )
    expect(await underLoad(() => apply('keepalived'))).toMatchObject(done)
    expect(await pids('keepalived')).toEqual(before)
    expect(await holders()).toEqual(held)
  })

  test('a priority that would have the VIP move, and cut every connection to it: refused, and the way is said', async () => {
    const held = await holders()
    await edit('zdt.yaml', (text) => text.replace('priority: 100', 'priority: 160'))
    await refused(
      /lb2 would take the VIP public \(10.77.0.100\) from lb1.*becomes 160 \(now 100\).*zdt failover public --to lb2/,
      'keepalived',
    )
    expect(await holders()).toEqual(held)
    await edit('zdt.yaml', (text) => text.replace('priority: 160', 'priority: 140'))
    expect(await underLoad(() => apply('keepalived'))).toMatchObject(done)
    expect(await holders()).toEqual(held)
  })

  test('case 20: a keepalived.conf that somebody removed is told, and laid there again; the VIP stays', async () => {
    const held = await holders()
    const conf = '/etc/keepalived/keepalived.conf'
    await broken(
      'lb2',
      `cp -p ${conf} /root/keepalived.was; rm ${conf}`,
      `[ -e ${conf} ] || cp -p /root/keepalived.was ${conf}`,
    )
    await refused(/lb2: \/etc\/keepalived\/keepalived.conf was removed by hand/, 'keepalived')
    expect(await underLoad(() => apply('keepalived', '--accept-drift'))).toMatchObject(done)
    expect(await fleet.root('lb2', `cmp ${conf} /root/keepalived.was && echo same`)).toBe('same\n')
    expect(await holders()).toEqual(held)
  })

  test('case 21: drained, weighted and added by hand, over an apply that reloads: all is so still, nothing lost', async () => {
    const [lb1, lb2] = balancers
    for (const lb of [lb1, lb2]) {
      await lb.order('set server shop/app2 state drain', 'set server shop_tcp/app1 weight 40')
      expect(await lb.ask('add server shop/app9 10.77.0.21:8080 check')).toBe('New server registered.')
      await lb.order('enable health shop/app9', 'set server shop/app9 state ready')
    }
    try {
      const before = [await lb1.settings(), await lb2.settings()]
      await edit(files.haproxy, maxconn)
      const ended = await underLoad(() => apply('haproxy'))
      expect(ended.code).toBe(0)
      expect(said(ended)).toContain('shop/app9 stays: added at run time')
      expect([await lb1.settings(), await lb2.settings()]).toEqual(before)
      await vi.waitFor(async () => expect(await statuses('shop/app9')).toEqual(['UP', 'UP']), soon)
    } finally {
      for (const lb of [lb1, lb2]) {
        await lb.ask(
          'set server shop/app2 state ready; set server shop_tcp/app1 weight 100; set server shop/app9 state maint',
        )
        await vi.waitFor(async () => expect(await lb.ask('del server shop/app9')).toMatch(/deleted|No such/), soon)
      }
    }
  })

  test('case 24: a program that may not be executed, and a master that has lost it already', async () => {
    await broken(
      'lb2',
      `chmod -x ${binary}`,
      `chmod 755 ${binary}; kill -USR2 $(systemctl show -p MainPID --value haproxy)`,
    )
    await edit(files.haproxy, maxconn)
    await refused(/lb2.*may not be executed/, 'haproxy')
    await fleet.root('lb2', 'systemctl reload haproxy || true')
    await refused(/lb2.*(does not answer|may not be executed)/, 'haproxy')
  })

  test('case 24, in the very moment: nothing is lost, what is left to do is said, and a rollback after that puts it back', async () => {
    await edit(files.haproxy, maxconn)
    const before = await world()
    let run = ''
    const ended = await underLoad(async () => {
      const zdt = await halted(['apply', 'haproxy'], { event: 'applying', steps: ['config.put-live'], after: 0 })
      run = /"plan":\{"id":"(\w+)"/.exec(zdt.stdout())?.[1] ?? ''
      await broken('lb2', `chmod -x ${binary}`, `chmod 755 ${binary}`)
      zdt.signal('SIGCONT')
      return zdt.ended
    })
    expect(ended.code).toBe(5)
    expect(said(ended)).toContain(`chmod 755 ${binary}`)
    await fleet.root('lb2', `chmod 755 ${binary}`)
    expect(await underLoad(() => fleet.zdt('rollback', run, '--yes'))).toMatchObject(done)
    expect(await world()).toBe(before)
  })
}
