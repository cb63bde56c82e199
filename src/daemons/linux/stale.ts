import type { Host, RunOptions } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { parseFrames, type Frame } from '../frames.ts'
import { staleScript } from './stale-script.ts'

/** A process of a unit, and what it runs. */
export interface CodeOf {
  readonly pid: number
  /** The unit's main process, as systemd has it: a master, where there is one. */
  readonly main: boolean
  /** Files whose code it executes though they lie no longer at their paths: replaced, or removed. */
  readonly gone: readonly string[]
}

/** The package of a file. */
export interface Owner {
  readonly package: string
  readonly installed: string
  /** What apt would install, by the lists that it has; the same as `installed` where nothing waits. */
  readonly candidate: string
}

/** What runs on a host, and what lies there. */
export interface RunningCode {
  readonly units: ReadonlyMap<string, { readonly processes: readonly CodeOf[]; readonly files: readonly string[] }>
  /** By path; files of no package are not in it. */
  readonly owners: ReadonlyMap<string, Owner>
  /** When apt's lists were last read, in ms since 1970; undefined where there is no apt. */
  readonly listsAt: number | undefined
}

/**
 * What the processes of these units execute, and whether it still lies on disk (TRAPS: Linux), in one round trip. Throws,
 * code `code-unreadable`, when the answer is none, and what Host throws.
 */
export async function runningCode(
  host: Host,
  units: readonly string[],
  options: RunOptions = {},
): Promise<RunningCode> {
  const argv = ['sh', '-c', staleScript, 'zdt-running-code', ...units]
  const { stdout, stderr } = await host.run(argv, { ...options, as: 'root' })
  const seen = parseRunningCode(stdout.toString())
  if (seen) return seen
  throw new ZdtError(`${host.name}: cannot tell which code runs there`, {
    code: 'code-unreadable',
    exit: 'refused',
    host: host.name,
    said: stderr.toString().trim(),
    suggestions: [`ssh ${host.name} sudo -n cat /proc/1/maps   # is /proc mounted, and may root look into it?`],
  })
}

/** Reads the script's answer. Undefined when it is cut short or none. */
export function parseRunningCode(answer: string): RunningCode | undefined {
  const frames = parseFrames(answer, 'running-code 1')
  if (!frames) return undefined
  const units = new Map<string, { processes: CodeOf[]; files: string[] }>()
  for (const { name, argument, body } of frames) {
    const unit = [...units.values()].at(-1)
    if (name === 'unit') units.set(argument, { processes: [], files: [] })
    if (name !== 'process' || !unit) continue
    unit.processes.push({ pid: Number(argument), main: body.includes('main'), gone: paths(body, 'gone') })
    unit.files.push(...[...paths(body, 'live'), ...paths(body, 'gone')].filter((path) => !unit.files.includes(path)))
  }
  const lists = frames.find(({ name }) => name === 'lists')?.argument
  return { units, owners: ownersIn(frames), listsAt: lists ? Number(lists) * 1000 : undefined }
}

function paths(body: readonly string[], word: 'live' | 'gone'): string[] {
  return body.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(5))
}

function ownersIn(frames: readonly Frame[]): Map<string, Owner> {
  const lines = (wanted: string) => frames.find(({ name }) => name === wanted)?.body ?? []
  const packages = new Map<string, Owner>()
  let name = ''
  let installed = ''
  for (const line of lines('policy')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name
    installed = /^ +Installed: (\S+)/.exec(line)?.[1] ?? installed
    const candidate = /^ +Candidate: (\S+)/.exec(line)?.[1]
    if (candidate) packages.set(name, { package: name, installed, candidate })
  }
  return new Map(
    lines('owners').flatMap((line) => {
      const blank = line.indexOf(' ')
      // `libssl3t64:amd64` is `libssl3t64` to apt-cache, where that is the machine's own architecture.
      const [full, path] = [line.slice(0, blank), line.slice(blank + 1)]
      const owner = packages.get(full) ?? packages.get(full.replace(/:.*/, ''))
      return owner ? [[path, owner] as const, [`/usr${path}`, owner] as const] : []
    }),
  )
}
