import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { sleep } from '../lib/clock.ts'
import { cgroupOf, isPopulated } from './cgroup.ts'
import { LabCommandFailed } from './errors.ts'
import { look, type HostSight } from './inspect.ts'
import { hostPaths, type LabPaths } from './paths.ts'
import { network, type LabHost, type LabShape } from './shape.ts'

/** Fifty hosts on two busy cores take half a minute. */
const patience = 120_000

/** After this long a host that was booted has processes, or it has ended again. */
const grace = 3000

/** The ports that a host of a role listens on. */
const portsOf = {
  lb: [22, 80],
  web: [22, 80],
  app: [22, 8080],
  small: [22],
} as const

/**
 * Waits until every host's sshd listens, and of those that were `booted` the daemons too: a load balancer is ready when it
 * sees its servers up, and one has the VIP.
 */
export async function awaitReady(lab: LabPaths, shape: LabShape, booted: readonly LabHost[]): Promise<void> {
  const started = Date.now()
  await Promise.all(
    shape.hosts.map(async (host) => {
      for (;;) {
        const missing = await whatIsMissing(lab, shape, booted.includes(host) ? host : { ...host, role: 'small' })
        if (missing === undefined) return
        const ended = Date.now() > started + grace && !isPopulated(cgroupOf(lab.cgroupName, host.name))
        if (ended || Date.now() > started + patience) throw await notReady(lab, host, missing)
        await sleep(100)
      }
    }),
  )
}

async function whatIsMissing(lab: LabPaths, shape: LabShape, host: LabHost): Promise<string | undefined> {
  const sight = await look(lab, host)
  if (sight === undefined) return 'it is not running'
  const port = portsOf[host.role].find((each) => !sight.ports.has(each))
  if (port !== undefined) return `nothing listens on port ${port}`
  if (host.role !== 'lb') return undefined
  const down = await serversDown(sight)
  if (down.length > 0) return `HAProxy has no ${down.join(', ')}`
  const sights = await Promise.all(shape.hosts.filter(({ role }) => role === 'lb').map((lb) => look(lab, lb)))
  return sights.some((each) => each?.addresses.has(network.vip)) ? undefined : 'no host has the VIP'
}

/** The servers that a load balancer's HAProxy does not see up, asked through the host's own /run. */
async function serversDown({ leader }: HostSight): Promise<string[]> {
  try {
    const socket = connect(`/proc/${leader}/root/run/haproxy/admin.sock`)
    socket.write('show stat -1 4 -1\n')
    const [header = '', ...rows] = (await text(socket)).trim().split('\n')
    const column = header.split(',').indexOf('status')
    return rows
      .map((row) => row.split(','))
      .filter((row) => !row[column]?.startsWith('UP'))
      .map((row) => `${row[0]}/${row[1]}`)
  } catch {
    return ['socket']
  }
}

async function notReady(lab: LabPaths, host: LabHost, missing: string): Promise<Error> {
  const console = await readFile(hostPaths(lab, host.name).console, 'utf8').catch(() => '')
  const last = console.trimEnd().split('\n').slice(-5).join('\n')
  return new LabCommandFailed(`systemd-nspawn of ${host.name}`, `${missing}; the end of its console:\n${last}`)
}
