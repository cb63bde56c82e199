import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { cgroupOf, leaderOf } from '../../../src/lab/cgroup.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import type { Lab } from './lab.ts'

async function leaderIn(lab: Lab, host: string): Promise<number> {
  const leader = await leaderOf(cgroupOf(labPaths(lab.name).cgroupName, host))
  if (leader === undefined) throw new Error(`${host} is not up`)
  return leader
}

/**
 * What HAProxy answers on a socket of a lab host, opened through the /proc of its first process: no ssh, no sudo, no
 * socat. A master that starts or reloads executes itself once more when its worker runs, and refuses or resets what
 * comes meanwhile: it is asked again. It also never closes a connection whose other half stays open.
 */
export async function askFromOutside(lab: Lab, host: string, path: string, command: string): Promise<string> {
  const at = `/proc/${await leaderIn(lab, host)}/root${path}`
  for (const until = Date.now() + 10_000; ; await sleep(20)) {
    try {
      const socket = connect(at)
      socket.setTimeout(10_000, () => socket.destroy(new Error(`${host} ${path} does not answer`)))
      socket.end(`${command}\n`)
      return await text(socket)
    } catch (error) {
      const executesItself = ['ECONNREFUSED', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (!executesItself || Date.now() > until) throw error
    }
  }
}

/** Runs a line on a lab host as root without ssh, sudo or a network: by the namespaces of its first process. */
export async function fromOutside(lab: Lab, host: string, line: string): Promise<string> {
  const argv = [
    `--target=${await leaderIn(lab, host)}`,
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--',
    'sh',
    '-c',
    line,
  ]
  return (await promisify(execFile)('nsenter', argv, { timeout: 90_000 })).stdout
}
