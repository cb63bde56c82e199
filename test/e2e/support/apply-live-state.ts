import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { runOf } from '../chaos/lane.ts'
import { useApplying } from './applying.ts'
import type { Lab } from './lab.ts'
import { startInLab } from './running.ts'
import { soon } from './shop.ts'
import { isWide } from './wide.ts'

const haltBefore = new URL('halt-before.ts', import.meta.url).href
const liveClient = fileURLToPath(new URL('live-client.ts', import.meta.url))
const done = { code: 0 }

/** The tests of apply and what operators and clients have of a running HAProxy, the same for every version of it. */
export function applyLiveStateTests(lab: Lab): void {
  const { fleet, balancers, apply, underLoad, workers, world, edit, statuses } = useApplying(lab)
  const [lb1, lb2] = balancers
  const { files } = fleet
  const shop = (change: (section: string) => string) => (text: string) =>
    text.replace(/^backend shop\n(?:[ \t].*\n)*/m, (section) => change(section))
  const addresses = (seat: string) => Promise.all(balancers.map(async (lb) => (await lb.stat(seat))['addr']))
  const reloading = (text: string) => text.replace('maxconn 8000', 'maxconn 9000')

  beforeAll(async () => {
    // From here on it is zdt's.
    await fleet.edit(files.haproxy, (text) => text.replace('retries 3', 'retries 2'))
    expect(await apply('haproxy', '--accept-drift')).toMatchObject(done)
  }, 60_000)

  test('a server that moves: out of rotation meanwhile, nothing lost, no worker is another', async () => {
    await edit(
      files.haproxy,
      shop((text) => text.replace('10.77.0.23:8080', '10.77.0.22:8080')),
    )
    const before = await workers()
    const { stdout } = await fleet.zdt('diff', 'haproxy')
    expect(stdout).toContain('runtime: shop/app3 10.77.0.23:8080 → 10.77.0.22:8080')
    expect(await underLoad(() => apply('haproxy'))).toMatchObject(done)
    expect(await addresses('shop/app3')).toEqual(['10.77.0.22:8080', '10.77.0.22:8080'])
    expect(await statuses('shop/app3')).toEqual(['UP', 'UP'])
    expect(await workers()).toEqual(before)
  })

  test.each(isWide ? (['resume', 'rollback'] as const) : (['resume'] as const))(
    'killed between the reload and giving back a server that was added by hand: %s does that',
    async (way) => {
      for (const lb of balancers) {
        expect(await lb.ask('add server shop/app4 10.77.0.21:8080 check')).toBe('New server registered.')
        await lb.order('enable health shop/app4', 'set server shop/app4 state ready')
      }
      try {
        const before = await world()
        await edit(files.haproxy, reloading)
        const zdt = await fleet.start(['apply', 'haproxy', '--yes', '--events'], {
          NODE_OPTIONS: `--import ${haltBefore}`,
          ZDT_HALT_BEFORE: 'add server ',
        })
        expect((await zdt.ended).code).toBe(137)
        await expect(lb2.stat('shop/app4')).rejects.toThrow('has no shop/app4')
        const run = runOf(zdt)
        expect(await underLoad(() => fleet.zdt(way, run, '--yes'))).toMatchObject(done)
        await vi.waitFor(async () => expect(await statuses('shop/app4')).toEqual(['UP', 'UP']), soon)
        if (way === 'rollback') expect(await world()).toBe(before)
        else expect(await fleet.zdt('diff', 'haproxy')).toMatchObject(done)
      } finally {
        for (const lb of balancers) {
          await lb.ask('set server shop/app4 state maint')
          await vi.waitFor(async () => expect(await lb.ask('del server shop/app4')).toMatch(/deleted|No such/), soon)
        }
      }
    },
  )

  test('old workers are waited for where that is asked: who holds them is said, and it ends with them', async () => {
    const client = await startInLab(lab, [process.execPath, liveClient, 'websocket', 'http://10.77.0.11/shop/live'], {
      timeout: 240_000,
    })
    await client.said(/^open \d+$/m)
    await edit(files.haproxy, reloading)
    const zdt = await fleet.start(['apply', 'haproxy', '--yes', '--wait-old-workers'])
    await zdt.said(/lb1 {2}old worker \d+ {2}10\.77\.0\.1:\d+/)
    expect(await fleet.root('lb1', 'grep -c "maxconn 9000" /etc/haproxy/haproxy.cfg')).toBe('1\n')
    client.write('close')
    expect(await zdt.ended).toMatchObject(done)
    expect(client.stdout()).toContain('closed')
    expect((await lb1.askMaster('show proc')).match(/ worker /g)).toHaveLength(1)
  })

  describe.runIf(isWide)('in every other way', () => {
    test('disabled, and no longer: maintenance and back by a fresh check, nothing lost, no worker is another', async () => {
      const before = await workers()
      await edit(
        files.haproxy,
        shop((text) => text.replace(/(server app2 .*)/, '$1 disabled')),
      )
      expect(await underLoad(() => apply('haproxy'))).toMatchObject(done)
      expect(await statuses('shop/app2')).toEqual(['MAINT', 'MAINT'])
      await edit(files.haproxy, (text) => text.replace(' disabled', ''))
      expect(await underLoad(() => apply('haproxy'))).toMatchObject(done)
      expect(await statuses('shop/app2')).toEqual(['UP', 'UP'])
      expect(await workers()).toEqual(before)
    })

    test('a server that moves to where nobody answers never serves there: put back, nothing lost', async () => {
      await edit(
        files.haproxy,
        shop((text) => text.replace('10.77.0.23:8080', '10.77.0.23:8079')),
      )
      const before = await world()
      const ended = await underLoad(() => apply('haproxy', '--timeout', '5s'))
      expect(ended).toMatchObject({ code: 4 })
      expect(await addresses('shop/app3')).toEqual(['10.77.0.23:8080', '10.77.0.23:8080'])
      await vi.waitFor(async () => expect(await statuses('shop/app3')).toEqual(['UP', 'UP']), soon)
      expect(await world()).toBe(before)
    })
  })
}
