import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openMirror, type Mirror } from '../../../src/engine/mirror.ts'
import { loadFleet } from '../../../src/fleet/load.ts'
import type { Guard } from '../../../src/hosts/host.ts'
import { fencedHosts } from '../../../src/hosts/lease/fenced-hosts.ts'
import type { Leases } from '../../../src/hosts/lease/leases.ts'
import { readLeases } from '../../../src/hosts/lease/read-leases.ts'
import { takeLeases } from '../../../src/hosts/lease/take-leases.ts'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import type { ZdtError } from '../../../src/lib/errors.ts'
import { assertNever, type HostName, type RunId } from '../../../src/lib/types.ts'
import type { Order, Said } from './lease-orders.ts'

/*
 * A process inside the lab's network that takes leases and changes hosts under them, as it is told to on stdin, one
 * order a line: `lease-process.ts RUN`. What came of each is one line on stdout.
 */
const run = process.argv[2] ?? ''
const hosts = openHosts(await loadFleet(process.env['ZDT_FLEET'] ?? ''))
let leases: Leases | undefined
let armed: Guard | undefined
let mirror: Mirror | undefined

async function obey(order: Order): Promise<Said> {
  const host = (name: string) => hosts.on(name as HostName)
  switch (order.do) {
    case 'reach':
      await Promise.all(order.hosts.map(host))
      return {}
    case 'take': {
      const { wanted, terms, at = 0, wait } = order
      await sleep(Math.max(0, at - Date.now()))
      const who = { run, holder: `${run.toLowerCase()}@ops`, title: `drain ${run}` }
      const names = wanted.map(({ host, scopes }) => ({ host: host as HostName, scopes }))
      const taken = await takeLeases(hosts, names, who, { terms, ...(wait !== undefined && { wait }) })
      leases = taken
      taken.lost.addEventListener('abort', () => say({ lost: String(taken.lost.reason) }))
      return { fences: names.map(({ host }) => taken.fence(host)) }
    }
    case 'arm':
      armed = leases?.guard(order.host as HostName)
      return {}
    // What was armed before is fired without a look at our own clock: as if it had just been looked at.
    case 'fire': {
      const guard = armed ?? leases?.guard(order.host as HostName, mirror)
      const { code } = await (await host(order.host)).run(['sh', '-c', order.script], { as: order.as ?? 'root', guard })
      return { code }
    }
    case 'read':
      return { holders: (await readLeases(await host(order.host))).map(({ run }) => run) }
    case 'keep':
      if (leases === undefined) throw new Error('nothing was taken')
      mirror ??= openMirror(fencedHosts(hosts, leases), order.hosts as HostName[], run as RunId, {
        begins: `run ${run} begins`,
      })
      for (const one of order.lines) mirror.append(one)
      return {}
    case 'settle':
      return { unkept: (await mirror?.settled(`run ${run} ends`)) ?? [] }
    case 'release':
      await leases?.release()
      return {}
    default:
      return assertNever(order)
  }
}

function say(said: Said): void {
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order & { readonly number: number }
  const { number } = order
  try {
    say({ number, did: order.do, ...(await obey(order)) })
  } catch (error) {
    const { message, code, exit, said } = error as Partial<ZdtError>
    say({ number, did: order.do, message, refused: code, exit, words: said })
  }
}
await hosts.closeAll()
