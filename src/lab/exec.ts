import { delimiter } from 'node:path'
import { LabError } from './errors.ts'
import { inNetwork } from './network.ts'
import { labPaths } from './paths.ts'
import { refuseWithoutLab } from './possible.ts'
import { readRecord } from './record.ts'

/**
 * Becomes `argv`, inside the lab's network, with its zdt, ssh and fleet at hand. Never returns: the process is replaced,
 * so that exit code, terminal and signals are the command's own.
 */
export async function becomeInLab(name: string, argv: readonly string[]): Promise<never> {
  refuseWithoutLab()
  if (process.execve === undefined)
    throw new LabError('This Node cannot replace itself; run bin/zdt.', ['npm run setup'])
  const [file = '', ...args] = inNetwork(labPaths(name), argv)
  process.execve('/usr/bin/env', ['env', file, ...args], await labEnvironment(name))
  throw new LabError('`lab exec` returned.')
}

/** The environment of a command in the lab. */
export async function labEnvironment(name: string): Promise<Record<string, string>> {
  const lab = labPaths(name)
  const record = await readRecord(lab)
  if (record === undefined) throw new LabError(`The lab ${name} is not up.`, ['zdt lab up'])
  const inherited = Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PATH: [lab.bin, process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin'].join(delimiter),
    ZDT_FLEET: lab.fleet,
    ZDT_LAB: name,
    ZDT_LAB_BINARIES: record.binaries,
  }
}
