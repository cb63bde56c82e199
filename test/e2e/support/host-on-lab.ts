import { Buffer } from 'node:buffer'
import type { Host } from '../../../src/hosts/host.ts'
import { hostOver } from '../../../src/hosts/host-over.ts'
import { localTransport } from '../../../src/hosts/local.ts'
import { cgroupOf, leaderOf } from '../../../src/lab/cgroup.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { quote } from '../../../src/lib/quote.ts'
import type { HostName } from '../../../src/lib/types.ts'
import type { Lab } from './lab.ts'

function never(): never {
  throw new Error('only run() and connect() work here')
}

/** A lab host, from outside of its network, for tests of daemons: commands by ssh, sockets by way of its first process. */
export function hostOnLab(lab: Lab, name: string): Host {
  return {
    name: name as HostName,
    run: async (argv, options = {}) => {
      const line = `${options.as === 'root' ? 'sudo -n ' : ''}${quote(argv)}`
      const { code, stdout, stderr } = await lab.ssh(name, line, { timeout: options.timeout ?? 30_000 })
      return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
    },
    connect: async (path, options) => {
      const local = hostOver(await localTransport(name as HostName, process.env), 'none')
      const leader = await leaderOf(cgroupOf(labPaths(lab.name).cgroupName, name))
      return await local.connect(`/proc/${leader}/root${path}`, options)
    },
    read: never,
    write: never,
    close: () => Promise.resolve(),
  }
}
