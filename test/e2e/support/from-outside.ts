import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { cgroupOf, leaderOf } from '../../../src/lab/cgroup.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import type { Lab } from './lab.ts'

/** Runs a line on a lab host as root without ssh, sudo or a network: by the namespaces of its first process. */
export async function fromOutside(lab: Lab, host: string, line: string): Promise<string> {
  const leader = await leaderOf(cgroupOf(labPaths(lab.name).cgroupName, host))
  if (leader === undefined) throw new Error(`${host} is not up`)
  const argv = [`--target=${leader}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--', 'sh', '-c', line]
  return (await promisify(execFile)('nsenter', argv, { timeout: 90_000 })).stdout
}
