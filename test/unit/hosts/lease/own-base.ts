import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host, Hosts } from '../../../../src/hosts/host.ts'
import { takeLeases, type TakeOptions } from '../../../../src/hosts/lease/take-leases.ts'
import type { Leases } from '../../../../src/hosts/lease/leases.ts'
import type { Scope } from '../../../../src/hosts/lease/scope.ts'
import { openHosts } from '../../../../src/hosts/open-hosts.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { endLater, reachFake, serve } from '../fleet-of-fakes.ts'
import { specFor } from '../reach.ts'

export const a = 'a' as HostName

/** This machine as a host, and a directory that stands for its /var/lib/zdt. */
export interface Base {
  readonly hosts: Hosts
  readonly host: Host
  readonly base: string
  take(run: string, options?: TakeOptions & { readonly scopes?: readonly Scope[] }): Promise<Leases>
  sh(script: string, ...args: readonly string[]): Promise<string>
}

export async function ownBase(env: NodeJS.ProcessEnv = process.env): Promise<Base> {
  const dir = await mkdtemp(join(tmpdir(), 'zdt-lease-'))
  const hosts = openHosts({ hosts: new Map([[a, specFor({ transport: 'local' }, 'a')]]) }, { env })
  endLater(async () => {
    await hosts.closeAll()
    await rm(dir, { recursive: true, force: true })
  })
  return baseOn(hosts, await hosts.on(a), join(dir, 'zdt'))
}

/** Leases under `base` on a host that is reached already. */
export function baseOn(hosts: Hosts, host: Host, base: string): Base {
  return {
    hosts,
    host,
    base,
    async take(run, { scopes, terms, ...options } = {}) {
      const who = { run, holder: `${run.toLowerCase()}@ops`, title: `drain ${run}` }
      const wanted = [{ host: host.name, scopes: scopes ?? (['host'] as const) }]
      const leases = await takeLeases(hosts, wanted, who, { ...options, terms: { base, ...terms } })
      endLater(() => leases.release())
      return leases
    },
    async sh(script, ...args) {
      const { stdout, stderr, code } = await host.run(['sh', '-c', script, 'sh', ...args], { as: 'root' })
      if (code !== 0) throw new Error(`${code}: ${stderr.toString()}`)
      return stdout.toString()
    },
  }
}

/** Where leases are tried. */
export const worlds: readonly (readonly [string, () => Promise<Base>])[] = [
  ['this machine', () => ownBase()],
  [
    'a host behind ssh',
    async () => {
      const sshd = await serve()
      const { hosts, host } = await reachFake(sshd)
      return baseOn(hosts, host, `${sshd.dir}/zdt`)
    },
  ],
]
