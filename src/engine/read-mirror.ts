import type { Host } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import type { Event } from './events.ts'
import { readCommand } from './mirror-script.ts'

/** A run's journal as a host has it: what was kept there until its last line. */
export interface Mirrored {
  readonly run: RunId
  readonly host: HostName
  readonly events: readonly Event[]
  /** The lines themselves, to be kept elsewhere byte for byte. */
  readonly lines: readonly string[]
}

export interface ReadMirrorOptions {
  /** Only this run's. */
  readonly run?: RunId
  /** Only those that were written within this time, by the host's clock. */
  readonly within?: Millis
  /** How many bytes the reader has of which: what the host has no more of is left out. */
  readonly known?: ReadonlyMap<RunId, number>
  readonly base?: string
  readonly signal?: AbortSignal
}

/** The journals that a host keeps, newest first, in one round trip. Throws when they cannot be read. */
export async function readMirror(
  host: Host,
  { run, within = 0, known = new Map(), base, signal }: ReadMirrorOptions = {},
): Promise<Mirrored[]> {
  const file = run === undefined ? '' : fileOf(run)
  const input = Buffer.from([...known].map(([name, bytes]) => `${fileOf(name)} ${bytes}\n`).join(''))
  const command = readCommand(file, base, Math.ceil(within / 1000))
  const { code, stdout, stderr } = await host.run(command, { as: 'root', input, signal })
  if (code === 0) return parseMirror(host.name, stdout)
  const said = stderr.toString().trim()
  throw new ZdtError(`${host.name}: its journals cannot be read`, {
    code: 'mirror-unreadable',
    exit: 'refused',
    host: host.name,
    said,
  })
}

/** The file of a run. Throws RangeError for a name that is none: it reaches a path. */
export function fileOf(run: string): string {
  if (!/^[0-9A-Z]{1,32}$/.test(run)) throw new RangeError(`not a run: ${run}`)
  return `${run}.ndjson`
}

/** Reads `run FILE BYTES SIZE` and that many bytes, again and again. */
export function parseMirror(host: HostName, answer: Buffer): Mirrored[] {
  const found: Mirrored[] = []
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf('\n', at)
    const head = answer.subarray(at, end === -1 ? answer.length : end).toString()
    const [, run, bytes] = /^run ([0-9A-Z]+)\.ndjson (\d+) \d+$/.exec(head) ?? []
    if (run === undefined || end === -1) break
    const start = end + 1
    found.push({ run: run as RunId, host, ...linesOf(answer.subarray(start, start + Number(bytes)).toString()) })
    at = start + Number(bytes) + 1
  }
  return found
}

/** A last line without its end was torn; from a line that is no event on, nothing is known. */
function linesOf(text: string): Pick<Mirrored, 'events' | 'lines'> {
  const events: Event[] = []
  const lines = text.split('\n').slice(0, -1)
  for (const line of lines) {
    try {
      events.push(JSON.parse(line) as Event)
    } catch {
      break
    }
  }
  return { events, lines: lines.slice(0, events.length) }
}
