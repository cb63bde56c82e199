import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, vi } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { shellOn } from './balancer.ts'
import { startInLab, type Running } from './running.ts'
import type { Shop } from './shop.ts'

const nodes = ['lb1', 'lb2'] as const
const conf = '/etc/keepalived/keepalived.conf'
/** Ends a hand-off as the host's own timers would. */
const mend =
  'nft flush ruleset; echo 0 > /etc/keepalived/priority; for unit in $(systemctl list-units --plain --no-legend "zdt-*.timer" | cut -d" " -f1); do systemctl start ${unit%.timer}.service; systemctl stop $unit; done; systemctl start keepalived'

/** The lab's VIP, asked for and meddled with without zdt's own eyes; all is put back after each test. */
export interface Vips {
  /** Who holds it, or another address, by `ip`. */
  holders(other?: string): Promise<string[]>
  /** What a hand-off may have left on either host: tables, an address on lo, settings, timers. */
  leftovers(): Promise<string>
  /** Runs Keepalived on both with another configuration, until the end of the test. */
  configure(edit: (conf: string, host: string) => string): Promise<void>
  /** zdt, beside the test, for as long as a hand-off may take. */
  start(...args: readonly string[]): Promise<Running>
}

export function useVips(shop: Shop, address = '10.77.0.100'): Vips {
  const on = (host: string, line: string) => shellOn(shop.lab, host, line)
  const holders = async (one = address) => {
    const said = await Promise.all(nodes.map((host) => on(host, `ip -o address show dev host0 to ${one}`)))
    return nodes.filter((_, index) => said[index] !== '')
  }
  const leftovers = async () => {
    const look =
      'sudo nft list tables; ip -o -4 address show dev lo scope global; ip -o -6 address show dev lo scope global; cat /proc/sys/net/ipv4/conf/host0/arp_ignore /proc/sys/net/ipv4/conf/host0/arp_announce | grep -v 0; systemctl list-units --all --plain --no-legend "zdt-*"'
    return (await Promise.all(nodes.map((host) => on(host, `{ ${look}; } || true`)))).join('')
  }
  const own = new Map<string, string>()
  const running = new Set<Running>()

  afterEach(async () => {
    for (const one of running) one.signal('SIGKILL')
    await Promise.all([...running].map(({ ended }) => ended))
    running.clear()
    for (const host of nodes) {
      const put = own.get(host)
      if (put !== undefined) await write(host, put)
      await on(host, `sudo sh -c '${mend}'`)
    }
    own.clear()
    await vi.waitFor(async () => expect(await holders()).toEqual(['lb1']), { timeout: 90_000, interval: 200 })
    await vi.waitFor(async () => expect(await leftovers()).toBe(''), { timeout: 90_000, interval: 200 })
  }, 90_000)

  const write = async (host: string, text: string) => {
    const coded = Buffer.from(text).toString('base64')
    await on(host, `echo ${coded} | base64 -d | sudo tee ${conf} > /dev/null; sudo systemctl restart keepalived`)
  }

  return {
    holders,
    leftovers,
    start: async (...args) => {
      const env = { XDG_STATE_HOME: await mkdtemp(join(tmpdir(), 'zdt-vip-')), NO_COLOR: '1' }
      const argv = [join(labPaths(shop.lab.name).bin, 'zdt'), ...args]
      const one = await startInLab(shop.lab, argv, { env, timeout: 240_000 })
      running.add(one)
      return one
    },
    configure: async (edit) => {
      for (const host of nodes) {
        const text = await on(host, `cat ${conf}`)
        own.set(host, text)
        await write(host, edit(text, host))
      }
      await vi.waitFor(async () => expect(await holders()).toEqual(['lb1']), { timeout: 90_000, interval: 200 })
    },
  }
}
