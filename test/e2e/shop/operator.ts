import { describe, expect, test } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { startInLab } from '../support/running.ts'
import { vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'

/* What a person at the terminal is told, where it matters that it is true. */
export function operatorTests(shop: Shop): void {
  describe('an operator', () => {
    const { lab } = shop

    /** zdt at a terminal of its own. */
    const atTerminal = async (command: string) => {
      const zdt = `${labPaths(lab.name).bin}/${command}`
      const argv = ['script', '-qec', zdt, '/dev/null']
      return await startInLab(lab, argv, { env: { NO_COLOR: '1', TERM: 'xterm', LANG: 'C.UTF-8' } })
    }

    deep(
      'given a websocket / drain app2 --on-timeout force --json / says that it was shut, and whose it was',
      async () => {
        const client = await shop.client('websocket', `${vip}/shop/live`)
        const forced = await shop.zdt('drain', 'app2', '--yes', '--timeout', '1s', '--on-timeout', 'force', '--json')
        expect(forced).toMatchObject({ code: 0 })
        const result = JSON.parse(forced.stdout) as { summary: string; forced: { count: number; who: string[] }[] }
        expect(result.summary).toMatch(/app2 is drained.*; 1 session was shut$/)
        expect(result.forced.flatMap(({ who }) => who)).toEqual([
          expect.stringMatching(/^10\.77\.0\.1:\d+ on lb1$/) as string,
        ])
        await client.said(/^closed/m)
      },
    )

    deep(
      'given a websocket on a worker of before a reload / drain app2 --dry-run, status app2 / each shows its own',
      async () => {
        const client = await shop.client('websocket', `${vip}/shop/live`)
        await shop.on('lb1', 'sudo systemctl reload haproxy')
        const seen = await shop.zdt('drain', 'app2', '--dry-run')
        expect(seen.stdout).toMatch(/sessions\+queue[^]*lb1 shop\/app2 +up +100 +0\+0, 1 on old workers/)
        const status = await shop.zdt('status', 'app2')
        expect(status).toMatchObject({ code: 0 })
        expect(status.stdout).toMatch(/^shop +app2\nlb1 +up 100\nlb2 +up 100/m)
        client.write('close')
      },
    )

    test('given Ctrl-C at the first question / ends with 130, nothing was changed, and no step was in hand', async () => {
      const before = await shop.settings()
      const drain = await atTerminal('zdt drain app2')
      await drain.said(/nothing was changed/)
      drain.write('\u0003')
      expect(await drain.ended).toMatchObject({ code: 130 })
      expect(drain.stdout()).toContain('drain app2 was stopped')
      expect(drain.stdout()).toContain('Nothing was changed.')
      expect(drain.stdout()).not.toContain('Finishing the step')
      expect(await shop.settings()).toBe(before)
    })

    test('given a terminal that closes at the first question / as with Ctrl-C: the locks are free, and nothing is half done', async () => {
      const before = await shop.settings()
      const drain = await atTerminal('zdt drain app2')
      await drain.said(/nothing was changed/)
      drain.signal('SIGKILL')
      // A lease that nobody renews is held for half a minute.
      await expect
        .poll(async () => (await shop.zdt('lock')).stdout, { timeout: 15_000, interval: 500 })
        .toContain('nobody holds a lock')
      expect(await shop.settings()).toBe(before)
      expect((await shop.zdt('status')).stdout).not.toContain('half done')
    })

    test('given Ctrl-C while it waits for a lock / ends with 130, and nothing was changed', async () => {
      const first = await atTerminal('zdt drain app2')
      await first.said(/nothing was changed/)
      const second = await atTerminal('zdt drain app1 --wait-for-lock 60s')
      await second.said(/waiting for a lock/)
      second.write('\u0003')
      expect(await second.ended).toMatchObject({ code: 130 })
      expect(second.stdout()).toContain('drain app1 was stopped')
      expect(second.stdout()).not.toContain('Finishing the step')
      first.write('\u0003')
      expect(await first.ended).toMatchObject({ code: 130 })
    })

    test('given Enter typed while zdt looks / the first question is not answered by it', async () => {
      const before = await shop.settings()
      const drain = await atTerminal('zdt drain app2')
      for (let typed = 0; typed < 5; typed++) drain.write('')
      await drain.said(/nothing was changed/)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(await shop.settings()).toBe(before)
      expect(drain.stdout()).not.toContain('✔ 2')
      drain.write('\u0003')
      expect(await drain.ended).toMatchObject({ code: 130 })
    })
  })
}
