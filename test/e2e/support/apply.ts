import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { useApplying } from './applying.ts'
import type { Lab } from './lab.ts'
import { soon } from './shop.ts'
import { deep, isWide } from './wide.ts'

/** The tests of configurations put live, the same for every version of the daemons. */
export function applyTests(lab: Lab): void {
  const hands = useApplying(lab)
  const { fleet, balancers, apply, underLoad, world, edit, statuses, workers } = hands
  const { files } = fleet
  const done = { code: 0 }

  test('what was imported is rendered byte for byte: nothing differs, and apply touches nothing', async () => {
    const before = await world()
    expect(await fleet.zdt('diff')).toMatchObject({ code: 0, stdout: expect.stringContaining('every file is as') })
    expect(await apply()).toMatchObject({ code: 0, stdout: expect.stringContaining('every file is as') })
    expect(await world()).toBe(before)
    expect(await fleet.root('lb1', 'ls /var/lib/zdt 2>/dev/null; true')).toBe('')
  })

  test('what zdt has not written is not overwritten unasked', async () => {
    await edit(files.haproxy, (text) => text.replace('maxconn 8000', 'maxconn 9000'))
    const before = await world()
    const differs = await fleet.zdt('diff')
    expect(differs.code).toBe(8)
    expect(differs.stdout).toContain('-    maxconn 8000\n+    maxconn 9000')
    const { code, stderr } = await apply()
    expect(code).toBe(3)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('lb2: /etc/haproxy/haproxy.cfg was not written by zdt')
    expect(await world()).toBe(before)
  })

  deep('taken over once; from then on it is zdt’s', async () => {
    await fleet.edit(files.haproxy, (text) => text.replace('retries 3', 'retries 2'))
    expect(await apply()).toMatchObject({ code: 3 })
    expect(await apply('--accept-drift')).toMatchObject(done)
    expect(await apply()).toMatchObject({ code: 0, stdout: expect.stringContaining('every file is as') })
    await fleet.edit(files.haproxy, (text) => text.replace('retries 2', 'retries 3'))
    expect(await underLoad(() => apply())).toMatchObject(done)
  })

  deep('a server’s weight: told to the running HAProxys, written, and no worker is another', async () => {
    await edit(files.haproxy, (text) =>
      text.replace(/(backend shop\n[\s\S]*? +server app1 .*?)weight 100$/m, '$1weight 50'),
    )
    const before = await workers()
    const differs = await fleet.zdt('diff')
    expect(differs.stdout).toContain('runtime: shop/app1 weight 100 → 50')
    await balancers[0].order('set server shop/app1 weight 30')
    const { code, stderr } = await underLoad(() => apply())
    expect(code).toBe(0)
    const conflict = 'shop/app1: weight 30: the configuration now says 50 (was 100), and wins (lb1)'
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(conflict)
    expect(await workers()).toEqual(before)
    expect(await Promise.all(balancers.map(async (lb) => (await lb.stat('shop/app1'))['weight']))).toEqual(['50', '50'])
    expect(await fleet.root('lb1', 'grep -c "weight 50" /etc/haproxy/haproxy.cfg')).toBe('1\n')
  })

  deep('a server that goes, and comes back: by the running HAProxys, drained first, nothing lost', async () => {
    const text = await readFile(join(fleet.directory, files.haproxy), 'utf8')
    await edit(files.haproxy, () => text.replace(/(backend shop\n[\s\S]*?) +server app3 .*\n/, '$1'))
    expect((await fleet.zdt('diff')).stdout).toContain('runtime:')
    expect(await underLoad(() => apply())).toMatchObject(done)
    for (const lb of balancers) await expect(lb.stat('shop/app3')).rejects.toThrow('has no shop/app3')
    expect(await fleet.zdt('diff')).toMatchObject(done)
    await edit(files.haproxy, () => text)
    hands.keep()
    expect(await underLoad(() => apply())).toMatchObject(done)
    expect(await statuses('shop/app3')).toEqual(['UP', 'UP'])
  })

  deep('the last server that serves is not taken out by an apply', async () => {
    await edit(files.haproxy, (text) => text.replace(/(backend shop\n[\s\S]*?) +server app3 .*\n/, '$1'))
    for (const lb of balancers) for (const app of ['app1', 'app2']) await lb.order(`set server shop/${app} state drain`)
    const before = await world()
    try {
      const { code, stdout, stderr } = await apply()
      expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toContain('taking app3 out would leave shop')
      expect(code).toBe(4)
      expect(await statuses('shop/app3')).toEqual(['UP', 'UP'])
      expect(await world()).toBe(before)
    } finally {
      for (const lb of balancers)
        for (const app of ['app1', 'app2']) await lb.order(`set server shop/${app} state ready`)
    }
  })

  deep(
    'a changed maxconn, a new backend, a removed server: nothing lost, and who was drained is drained still',
    async () => {
      await edit(files.haproxy, (text) =>
        text
          .replace('maxconn 8000', 'maxconn 9000')
          .replace(/(backend shop_tcp[\s\S]*?) +server app3 .*\n/, '$1')
          .concat('\nbackend fresh\n    server app1 10.77.0.21:8080 check\n'),
      )
      for (const lb of balancers) await lb.order('set server shop/app2 state drain')
      try {
        const { code, stderr } = await underLoad(() => apply('--accept-drift'))
        expect(code).toBe(0)
        expect(stderr.replaceAll(/\s+/g, ' ')).toContain('shop/app2 stays: drain (lb1, lb2)')
        expect(await statuses('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
        expect(await Promise.all(balancers.map((lb) => lb.stat('fresh/app1')))).toMatchObject([{}, {}])
        expect(await fleet.root('lb1', 'grep -c app3 /etc/haproxy/haproxy.cfg')).toBe('2\n')
        expect(await fleet.zdt('config', 'list', 'lb1')).toMatchObject({ stdout: expect.stringMatching(/1 file/) })
      } finally {
        for (const lb of balancers) await lb.order('set server shop/app2 state ready')
      }
    },
  )

  deep('a changed nginx.conf: host by host, out of rotation, nothing lost', async () => {
    await edit(files.nginx, (text) => text.replace('worker_connections 4096', 'worker_connections 4000'))
    expect(await underLoad(() => apply('--accept-drift'))).toMatchObject(done)
    await vi.waitFor(async () => expect(await statuses('web/web1')).toEqual(['UP', 'UP']), soon)
    expect(await statuses('web/web2')).toEqual(['UP', 'UP'])
  })

  deep('a new VIP comes to both nodes at once: one holder, nothing lost', async () => {
    await edit(files.keepalived, (text) =>
      text.replace(/^( *)10\.77\.0\.100\/16 dev host0$/m, '$&\n$110.77.0.101/16 dev host0'),
    )
    expect(await underLoad(() => apply('--accept-drift'))).toMatchObject(done)
    const held = await Promise.all(['lb1', 'lb2'].map((host) => fleet.root(host, 'ip -br address show dev host0')))
    for (const vip of ['10.77.0.100/', '10.77.0.101/'])
      expect(held.filter((text) => text.includes(vip))).toHaveLength(1)
    const alone = await apply('lb1')
    expect(alone.code).toBe(0)
  })

  const refused: [string, keyof typeof files, (text: string) => string, RegExp][] = [
    [
      'a word that HAProxy does not know',
      'haproxy',
      (text) => `${text}\nbackend x\n    nonsense\n`,
      /unknown keyword 'nonsense'/,
    ],
    [
      'a chroot that is not there (case 2)',
      'haproxy',
      (text) => text.replace(/chroot .*/, 'chroot /nonexistent'),
      /does not start/,
    ],
    ['an unset variable', 'haproxy', (text) => `${text}\nfrontend x\n    bind "\${NOWHERE}:7777"\n`, /NOWHERE/],
    ['an address that somebody has (case 9)', 'haproxy', (text) => `${text}\nfrontend x\n    bind :22\n`, /22/],
    [
      'a working directory that is not there (case 3)',
      'nginx',
      (text) => `working_directory /nonexistent;\n${text}`,
      /no workers/,
    ],
    [
      'an address that somebody has (case 10)',
      'nginx',
      (text) => text.replace('listen 80;', 'listen 80; listen 22;'),
      /22/,
    ],
    ['no bracket at the end', 'nginx', (text) => text.trimEnd().slice(0, -1), /unexpected end of file/],
    [
      'a word that Keepalived does not know',
      'keepalived',
      (text) => text.replace('advert_int', 'advert_nonsense'),
      /advert_nonsense/,
    ],
    ['nothing at all (case 20)', 'keepalived', () => '{{!}}\n', /would be empty/],
  ]
  const core = /case 9\)/
  test.each(isWide ? refused : refused.filter(([what]) => core.test(what)))(
    '%s in %s is refused before anything is live',
    async (_what, daemon, change, sentence) => {
      await edit(files[daemon], change)
      const before = await world()
      const { code, stdout, stderr } = await apply('--accept-drift')
      expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toMatch(sentence)
      expect([2, 4]).toContain(code)
      expect(await world()).toBe(before)
    },
  )

  deep('VIP lists that would differ from node to node are refused (case 7)', async () => {
    await edit(files.keepalived, (text) =>
      text.replace(/^( *)10\.77\.0\.100\/16 dev host0$/m, '$&\n$110.77.0.10{{vars.priority}}/32 dev host0'),
    )
    const before = await world()
    const { code, stderr } = await apply('--accept-drift')
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('both would hold it')
    expect(code).toBe(3)
    expect(await world()).toBe(before)
  })

  deep('one that fails when it is live already is put back: files, daemon, drained servers, nothing lost', async () => {
    await edit(files.haproxy, (text) => `${text}\nfrontend late\n    bind {{host.address}}:9999\n`)
    const [, lb2] = balancers
    const before = await world()
    await lb2?.order('set server shop/app2 state drain')
    const taker = 'socat TCP-LISTEN:9999,fork,reuseaddr /dev/null >/dev/null 2>&1 & echo $! > /run/taker.pid'
    try {
      const ended = await underLoad(async () => {
        // The address is taken after the trial has found it free.
        const halt = { event: 'observed', steps: ['6.lb2'], after: 0 } as const
        const zdt = await hands.halted(['apply', '--accept-drift'], halt)
        await fleet.root('lb2', taker)
        zdt.signal('SIGCONT')
        return zdt.ended
      })
      expect(ended).toMatchObject({ code: 4, stdout: expect.stringContaining('"ended":"put-back"') })
      expect(await world()).toBe(before)
      expect(await lb2?.status('shop/app2')).toBe('DRAIN')
      expect(await fleet.root('lb2', 'echo "show proc" | socat - /run/haproxy-master.sock')).not.toContain(
        '[failed: 1]',
      )
    } finally {
      await fleet.root('lb2', 'kill $(cat /run/taker.pid); rm /run/taker.pid')
      await lb2?.order('set server shop/app2 state ready')
    }
  })

  deep('changed by hand since: shown, refused, and restored from what the host keeps', async () => {
    await edit(files.haproxy, (text) => text.replace('maxconn 8000', 'maxconn 9000'))
    expect(await apply('haproxy', '--accept-drift')).toMatchObject(done)
    await fleet.root('lb1', 'sed -i "s/maxconn 9000/maxconn 9999/" /etc/haproxy/haproxy.cfg')
    expect(await fleet.zdt('diff')).toMatchObject({ code: 8, stdout: expect.stringContaining('changed by hand') })
    expect(await apply()).toMatchObject({ code: 3 })
    expect(await fleet.root('lb1', 'grep -c "maxconn 9999" /etc/haproxy/haproxy.cfg')).toBe('1\n')
    const list = JSON.parse((await fleet.zdt('config', 'list', 'lb2', '--json')).stdout) as {
      services: { daemon: string; versions: { name: string }[] }[]
    }
    const version = list.services.find(({ daemon }) => daemon === 'haproxy')?.versions[0]?.name ?? ''
    expect((await fleet.zdt('config', 'show', 'lb2', 'haproxy', version)).stdout).toContain('maxconn 8000')
    const restored = await underLoad(() => fleet.zdt('config', 'restore', 'lb2', 'haproxy', version, '--yes'))
    expect(restored.code).toBe(0)
    expect(restored.stderr).toContain('-    maxconn 9000\n+    maxconn 8000')
    expect(await fleet.root('lb2', 'grep -c "maxconn 8000" /etc/haproxy/haproxy.cfg')).toBe('1\n')
  })

  deep('a reload by name: what lies there is read, proved, and what was drained stays so', async () => {
    for (const lb of balancers) await lb.order('set server shop/app2 state drain')
    try {
      expect(await underLoad(() => fleet.zdt('reload', 'haproxy', '--host', 'lb1', '--yes'))).toMatchObject(done)
      expect(await statuses('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      expect(await fleet.zdt('reload', 'keepalived', '--host', 'lb2', '--yes')).toMatchObject(done)
      expect(await fleet.zdt('reload', 'nginx', '--host', 'web1', '--yes')).toMatchObject(done)
    } finally {
      for (const lb of balancers) await lb.order('set server shop/app2 state ready')
    }
  })

  deep(
    'watched: a file that an editor puts in the place of another goes live; one that is wrong is told, and waited out',
    async () => {
      const live = (maxconn: string) =>
        vi.waitFor(
          async () => expect(await fleet.root('lb1', 'cat /etc/haproxy/haproxy.cfg')).toContain(`maxconn ${maxconn}\n`),
          { timeout: 90_000, interval: 500 },
        )
      const watch = await fleet.start(['watch', 'haproxy', '--yes', '--accept-drift'])
      await watch.said(/^watching /m)
      await edit(files.haproxy, (text) => text.replace('maxconn 8000', 'maxconn 8001'))
      await live('8001')
      await fleet.edit(files.haproxy, (text) => text.replace('maxconn 8001', '{{maxcon}}'))
      await watch.said(/maxcon/)
      await fleet.edit(files.haproxy, (text) => text.replace('{{maxcon}}', 'maxconn 8002'))
      await live('8002')
      watch.signal('SIGINT')
      expect(await watch.ended).toMatchObject({ code: 130 })
    },
  )
}
