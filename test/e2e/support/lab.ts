import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe } from 'vitest'
import { labEnvironment } from '../../../src/lab/exec.ts'
import { inNetwork } from '../../../src/lab/network.ts'
import { labPaths, packageDir } from '../../../src/lab/paths.ts'
import { whyNoLab } from '../../../src/lab/possible.ts'

/** How a command ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a command may be given. */
export interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Milliseconds; a command that takes longer is killed and has the code 124. */
  readonly timeout?: number
}

/**
 * `describe`, for tests that need a lab: where there can be none they are skipped, by name, but not with CI=true, where
 * they fail with the reason.
 */
export const describeOnLab = describe.skipIf(whyNoLab() !== undefined && process.env['CI'] !== 'true')

/** A lab for the tests of one file, and hands to work in it. */
export interface Lab {
  readonly name: string
  /** Runs this checkout's built zdt inside the lab. */
  zdt(args: readonly string[], given?: Given): Promise<Ended>
  /** Runs a line for a host's shell as deploy, over one connection that is kept. */
  ssh(host: string, line: string, given?: Given): Promise<Ended>
  /** Runs a program of this machine inside the lab's network. */
  inLab(argv: readonly string[], given?: Given): Promise<Ended>
  /** Where the genuine daemon of a version lies, such as `nginx-1.26.3`. */
  binary(name: string): Promise<string>
}

/**
 * Brings a lab up before the tests of this file. It goes down after them, so that each file starts from the same: one
 * that a killed run has left goes down first. The one named in ZDT_LAB is taken as it is, and left up if it was.
 */
export function useLab(options: { readonly name?: string; readonly flags?: readonly string[] } = {}): Lab {
  // Files run side by side: each worker has a lab of its own, and each checkout where ZDT_E2E_LAB says so.
  const asked = options.name ?? process.env['ZDT_LAB'] ?? `e2e-${process.env['VITEST_POOL_ID'] ?? '1'}`
  const ours = process.env['ZDT_E2E_LAB']
  const name = ours === undefined ? asked : asked.replace(/^(e2e-)?/, `${ours}-`)
  const down = async () => {
    const { code, stderr } = await zdtHere(['lab', 'down', '--name', name])
    if (code !== 0) throw new Error(`lab down: ${stderr}`)
  }
  let kept = false
  beforeAll(async () => {
    const isUp = existsSync(labPaths(name).record)
    kept = isUp && process.env['ZDT_LAB'] !== undefined
    if (isUp && !kept) await down()
    const up = await zdtHere(['lab', 'up', '--name', name, ...(options.flags ?? [])])
    if (up.code !== 0) throw new Error(`lab up: ${up.stderr}`)
  }, 600_000)
  afterAll(async () => {
    if (!kept) await down()
  }, 120_000)
  return labNamed(name)
}

/** The hands to work in a lab that is up, or will be. */
export function labNamed(name: string): Lab {
  const lab = labPaths(name)
  const inLab = async (argv: readonly string[], given: Given = {}): Promise<Ended> => {
    const env = { ...(await labEnvironment(name)), ...given.env }
    return await run(inNetwork(lab, argv), { ...given, env })
  }
  return {
    name,
    inLab,
    zdt: (args, given) => inLab([join(lab.bin, 'zdt'), ...args], given),
    ssh: (host, line, given) => inLab([join(lab.bin, 'ssh'), ...multiplexed(name), host, line], given),
    binary: async (binary) => join((await labEnvironment(name))['ZDT_LAB_BINARIES'] ?? '', binary),
  }
}

/** One ssh connection a host is kept for half a minute: a new one for each line costs more than most lines. */
function multiplexed(name: string): readonly string[] {
  const path = `ControlPath=/run/zdt/lab/${name}/cm-%n`
  return ['-o', 'ControlMaster=auto', '-o', path, '-o', 'ControlPersist=30']
}

/** Runs this checkout's built zdt on this machine, outside of any lab. */
export async function zdtHere(args: readonly string[], given: Given = {}): Promise<Ended> {
  return await run([join(packageDir, 'bin/zdt'), ...args], given)
}

async function run(argv: readonly string[], { env, input, timeout }: Given): Promise<Ended> {
  const [file = '', ...args] = argv
  const result = await execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(env && { env }),
    ...(timeout !== undefined && { timeout }),
  })
  const code = result.exitCode ?? (result.timedOut ? 124 : 128)
  return { code, stdout: result.stdout, stderr: result.stderr }
}
