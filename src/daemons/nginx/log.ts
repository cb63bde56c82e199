import type { Host, RunOptions } from '../../hosts/host.ts'
import { parseFrames } from '../frames.ts'
import { parseLogLines, type LogLine } from './log-lines.ts'

/** A place in a log file: read on from here later. Plain data, so that it may be journaled. */
export type LogMark = {
  readonly path: string
  /** `DEVICE:INODE`; another one later means that the log was rotated. */
  readonly inode: string
  /** Bytes. */
  readonly offset: number
}

/** After rotation the new file is read from its beginning. At most 1 MiB is read, the newest. */
const script = String.raw`
path=$1 inode=$2 offset=$3
echo '@zdt nginx-log 1'
now=$(stat -Lc '%d:%i %s' "$path" 2>/dev/null) || now=' 0'
printf '@mark %s\n' "$now"
size=${'$'}{now##* }
if [ -n "$inode" ] && [ -r "$path" ]; then
  [ "${'$'}{now% *}" = "$inode" ] && [ "$size" -ge "$offset" ] || offset=0
  echo '@lines'
  tail -c "+$((offset + 1))" "$path" | head -c "$((size - offset))" | tail -c 1048576 |
    grep -a '\[\(emerg\|alert\|crit\)\]' | head -n 200 | sed 's/^/ /'
fi
echo '@end'
`

/** Where the log ends now, and what of `[emerg]`, `[alert]`, `[crit]` was written since `since`. */
export interface LogRead {
  readonly mark: LogMark
  readonly lines: readonly LogLine[]
}

/** The command behind `readNginxLog`; without `since` it only tells where the log ends. */
export function lookAtLog(path: string, since?: LogMark): string[] {
  return ['sh', '-c', script, 'zdt-nginx-log', path, since?.inode ?? '', String(since?.offset ?? 0)]
}

/** Reads the answer of `lookAtLog`; undefined when it was cut short. A log that is not there ends at 0. */
export function parseLog(path: string, answer: string): LogRead | undefined {
  const frames = parseFrames(answer, 'nginx-log 1')
  const mark = frames?.find(({ name }) => name === 'mark')?.argument.split(' ')
  if (frames === undefined || mark === undefined) return undefined
  const lines = frames.find(({ name }) => name === 'lines')?.body ?? []
  return {
    mark: { path, inode: mark[0] ?? '', offset: Number(mark[1] ?? 0) },
    lines: parseLogLines(lines.join('\n')),
  }
}

/**
 * Marks the end of an error log, or reads what was written since a mark: an address in use shows nowhere else (TRAPS:
 * Reload; case 12). Rotation in between is followed. Gives no lines when the log cannot be read.
 */
export async function readNginxLog(
  host: Host,
  path: string,
  since?: LogMark,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<LogRead> {
  const { stdout } = await host.run(lookAtLog(path, since), { ...options, as: 'root' })
  return parseLog(path, stdout.toString()) ?? { mark: since ?? { path, inode: '', offset: 0 }, lines: [] }
}
