import type { Host } from '../../../src/hosts/host.ts'
import { hostOver } from '../../../src/hosts/host-over.ts'
import { localTransport } from '../../../src/hosts/local.ts'
import { cgroupOf, leaderOf } from '../../../src/lab/cgroup.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { quote } from '../../../src/lib/quote.ts'
import type { HostName } from '../../../src/lib/types.ts'
import type { Lab } from './lab.ts'

/** A lab's host, from outside of its network: files and sockets by way of its first process, commands by ssh. */
export async function labHost(lab: Lab, name: string): Promise<Host> {
  const local = hostOver(await localTransport(name as HostName, process.env), 'none')
  const leader = await leaderOf(cgroupOf(labPaths(lab.name).cgroupName, name))
  const inside = (path: string) => `/proc/${leader}/root${path}`
  return {
    ...local,
    connect: async (path, options) => local.connect(inside(path), options),
    read: async (path, options) => local.read(inside(path), options),
    write: async (path, content, options) => local.write(inside(path), content, options),
    run: async (argv, options = {}) => {
      const line = quote(options.as === 'root' ? ['sudo', '-n', ...argv] : argv)
      const { code, stdout, stderr } = await lab.ssh(name, line)
      return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
    },
  }
}
