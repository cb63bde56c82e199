import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { startLoad } from '../chaos/load.ts'
import type { Halt } from '../chaos/halt-at.ts'
import { balancerOf, type Balancer } from './balancer.ts'
import { useTemplates, type TemplatedFleet } from './fleet-of-templates.ts'
import type { Ended, Lab } from './lab.ts'
import type { Running } from './running.ts'

const haltAt = new URL('../chaos/halt-at.ts', import.meta.url).href

/** Hands to put configurations live, and eyes for what that does. Edits are put back, and live again, after each test. */
export interface Applying {
  readonly fleet: TemplatedFleet & { readonly files: ReturnType<typeof useTemplates>['files'] }
  readonly balancers: readonly [Balancer, Balancer]
  readonly apply: (...args: readonly string[]) => Promise<Ended>
  /** zdt that stops itself at a moment, and has; it goes on with SIGCONT. */
  readonly halted: (args: readonly string[], halt: Omit<Halt, 'signal'>) => Promise<Running>
  readonly edit: (file: string, change: (text: string) => string) => Promise<void>
  /** What is edited already is no test's own any more: it stays. */
  readonly keep: () => void
  /** While the work is done, traffic goes through the VIP; none of it may be lost. */
  readonly underLoad: (work: () => Promise<Ended>) => Promise<Ended>
  /** All that is live, kept and left, on every host: asked without zdt's own eyes. */
  readonly world: () => Promise<string>
  /** Of a seat, on lb1 and lb2. */
  readonly statuses: (seat: string) => Promise<string[]>
  /** The pids of HAProxy, on lb1 and lb2: the same ones, and nothing was reloaded. */
  readonly workers: () => Promise<string[]>
}

export function useApplying(lab: Lab): Applying {
  const fleet = useTemplates(lab)
  const balancers = [balancerOf(lab, 'lb1', '10.77.0.11'), balancerOf(lab, 'lb2', '10.77.0.12')] as const
  const originals = new Map<string, string>()
  const apply = (...args: readonly string[]) => fleet.zdt('apply', '--yes', ...args)

  afterEach(async () => {
    if (originals.size === 0) return
    for (const [file, text] of originals) {
      if ((await readFile(join(fleet.directory, file), 'utf8')) !== text) await fleet.edit(file, () => text)
    }
    originals.clear()
    const { code, stderr } = await apply('--accept-drift')
    expect(code, stderr).toBe(0)
    expect((await fleet.zdt('diff')).code).toBe(0)
  }, 120_000)

  return {
    fleet,
    balancers,
    apply,
    halted: async (args, halt) => {
      const zdt = await fleet.start([...args, '--yes', '--events'], {
        NODE_OPTIONS: `--import ${haltAt}`,
        ZDT_CHAOS_HALT: JSON.stringify({ ...halt, signal: 'SIGSTOP' }),
      })
      await zdt.said(/^halted$/m)
      return zdt
    },
    edit: async (file, change) => {
      if (!originals.has(file)) originals.set(file, await readFile(join(fleet.directory, file), 'utf8'))
      await fleet.edit(file, change)
    },
    keep: () => originals.clear(),
    underLoad: async (work) => {
      const stop = await startLoad(lab, '/shop/')
      const ended = await work().finally(async () => {
        const traffic = await stop()
        expect(traffic).toMatchObject({ lost: 0, how: [] })
      })
      expect(`${ended.stdout}${ended.stderr}`).not.toContain('bug in zdt')
      return ended
    },
    world: async () => {
      const look =
        'cd /etc; sha256sum haproxy/* keepalived/* nginx/nginx.conf 2>/dev/null; find /etc -name "*zdt*"; stat -c "%a %U %n" haproxy/haproxy.cfg nginx/nginx.conf 2>/dev/null; true'
      const facts = await Promise.all(
        ['lb1', 'lb2', 'web1', 'web2'].map(async (host) => `${host}\n${await fleet.root(host, look)}`),
      )
      return facts.join('\n')
    },
    statuses: (seat) => Promise.all(balancers.map((lb) => lb.status(seat))),
    workers: () =>
      Promise.all(['lb1', 'lb2'].map((host) => fleet.root(host, 'pgrep -x haproxy | sort | tr "\\n" " "'))),
  }
}
