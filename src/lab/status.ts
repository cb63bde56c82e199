import { LabError } from './errors.ts'
import { look, runningFor } from './inspect.ts'
import { labPaths } from './paths.ts'
import { readRecord } from './record.ts'
import { network, type LabHost } from './shape.ts'

/** A host as `lab status` tells of it. */
export interface HostStatus extends LabHost {
  readonly up: boolean
  readonly uptimeMs: number | null
  readonly holdsVip: boolean
}

/** A lab as `lab status` tells of it. */
export interface LabStatus {
  readonly name: string
  readonly suite: string
  readonly vip: string
  readonly fleet: string
  readonly hosts: readonly HostStatus[]
}

/** Looks at a lab from outside. A host is up when its sshd listens. */
export async function labStatus(name: string): Promise<LabStatus> {
  const lab = labPaths(name)
  const record = await readRecord(lab)
  if (record === undefined)
    throw new LabError(`The lab ${name} is not up.`, [
      `zdt lab up${name === 'lab' ? '' : ` --name ${name}`}`,
      'or name another: zdt lab status --name NAME',
    ])
  const { shape } = record
  const hosts = await Promise.all(
    shape.hosts.map(async (host): Promise<HostStatus> => {
      const sight = await look(lab, host)
      const uptime = sight && (await runningFor(sight.leader))
      return {
        ...host,
        up: sight?.ports.has(22) ?? false,
        uptimeMs: uptime ?? null,
        holdsVip: sight?.addresses.has(network.vip) ?? false,
      }
    }),
  )
  return { name, suite: shape.suite, vip: network.vip, fleet: lab.fleet, hosts }
}

/** The status as lines for a person. */
export function statusLines(status: LabStatus): string[] {
  return status.hosts.map((host) => {
    const state = host.up ? `up ${Math.round((host.uptimeMs ?? 0) / 1000)} s` : 'down'
    const vip = host.holdsVip ? `  holds ${status.vip}` : ''
    return `${host.name.padEnd(6)} ${host.role.padEnd(6)} ${host.address.padEnd(14)} ${state}${vip}`
  })
}
