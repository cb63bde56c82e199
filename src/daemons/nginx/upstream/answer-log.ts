import { FileRefused } from '../../../hosts/errors.ts'
import type { Host } from '../../../hosts/host.ts'

/*
 * Open-source nginx counts no answers, but it logs them: an access log of the format `answers`, which zdt's templates give to what
 * is proxied, is `combined` with ` answered="$upstream_addr" "$upstream_status" "$upstream_header_time"` at the end of each line.
 * As 1.22 and 1.26 write it: a list where several were asked (`a, b`, and `a : b` after an internal redirect); status 502 and time
 * `-` where no connection came; `-` and `-` where the client left first, which is nobody's answer. A client's own `"` is `\x22`.
 */

/** How far a log was read: the inode tells one that was rotated since. A type: a step keeps it. */
export type LogMark = { readonly path: string; readonly inode: number; readonly offset: number }

/** What a log says that a server has answered. */
export type LoggedAnswers = {
  readonly address: string
  readonly port: number
  readonly answers: number
  /** 5xx, and connections that failed. */
  readonly errors: number
  /** How many have a time, and all of these times together, in ms. */
  readonly timed: number
  readonly tookInAll: number
}

/** What was read, and how far. */
export interface ReadAnswers {
  readonly marks: readonly LogMark[]
  readonly logged: readonly LoggedAnswers[]
  /** How many lines are not of the format. */
  readonly odd: number
}

/** How much of the end of a log is read that was never read: it tells how it was before. */
const atFirst = 4 * 1024 * 1024

/*
 * Of each log what was written since, in one command. One that was rotated is read to its end first (`.1`, not compressed yet), one
 * that was cut short from its beginning.
 */
const script = String.raw`
first=$1; shift
while [ $# -gt 0 ]; do
  path=$1 inode=$2 offset=$3; shift 3
  at=$(stat -L -c '%i %s' -- "$path" 2>/dev/null || echo '0 0')
  now=${'${at% *}'} size=${'${at#* }'} from=0
  echo "@at $at $path"
  {
    if [ "$inode" = 0 ]; then
      [ "$size" -le "$first" ] || from=$((size - first))
    elif [ "$inode" = "$now" ]; then
      [ "$size" -lt "$offset" ] || from=$offset
    elif [ "$(stat -L -c %i -- "$path.1" 2>/dev/null)" = "$inode" ]; then
      tail -c +$((offset + 1)) -- "$path.1"
    fi
    [ "$size" -le "$from" ] || tail -c +$((from + 1)) -- "$path" | head -c $((size - from))
  } | awk '
    !match($0, / answered="[^"]*" "[^"]*" "[^"]*"$/) { odd++ }
    RSTART {
      split(substr($0, RSTART + 11), said, "\"")
      n = split(said[1], who, /, | : /); split(said[3], status, /, | : /); split(said[5], time, /, | : /)
      for (i = 1; i <= n; i++) {
        if (status[i] !~ /^[0-9]+$/) continue
        answers[who[i]]++
        if (status[i] ~ /^5/) errors[who[i]]++
        if (time[i] ~ /^[0-9]/) { timed[who[i]]++; took[who[i]] += time[i] * 1000 }
      }
    }
    END { printf "@odd %d\n", odd; for (one in answers) printf "@answered %s %d %d %d %d\n", one, answers[one], errors[one], timed[one], took[one] }
  '
done
echo '@end'
`

/** The command that reads them. An inode of 0 is a log that was never read. */
export function answersCommand(logs: readonly LogMark[]): string[] {
  const words = logs.flatMap(({ path, inode, offset }) => [path, String(inode), String(offset)])
  return ['sh', '-c', script, 'zdt-answers', String(atFirst), ...words]
}

/** Reads its answer. Undefined when it was cut short. */
export function parseAnswers(answer: string): ReadAnswers | undefined {
  const lines = answer.split('\n')
  if (lines.at(-2) !== '@end') return undefined
  const marks = lines.flatMap((line): LogMark[] => {
    const [, inode, size, path] = /^@at (\d+) (\d+) (.*)$/.exec(line) ?? []
    return path === undefined ? [] : [{ path, inode: Number(inode), offset: Number(size) }]
  })
  const logged = lines.flatMap((line): LoggedAnswers[] => {
    const [, six, four, port, ...counts] =
      /^@answered (?:\[([^\]]+)\]|([^:\s]+)):(\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(line) ?? []
    const address = six ?? four
    if (address === undefined) return []
    const [answers = 0, errors = 0, timed = 0, tookInAll = 0] = counts.map(Number)
    return [{ address, port: Number(port), answers, errors, timed, tookInAll }]
  })
  const odd = lines.reduce((sum, line) => sum + Number(/^@odd (\d+)$/.exec(line)?.[1] ?? 0), 0)
  return { marks, logged, odd }
}

/** A log that was never read: what stands at its end is from before. */
export function neverRead(path: string): LogMark {
  return { path, inode: 0, offset: 0 }
}

/** What was logged since, in one round trip. Throws FileRefused, and what Host.run throws. */
export async function readAnswers(host: Host, logs: readonly LogMark[], signal?: AbortSignal): Promise<ReadAnswers> {
  const { stdout, stderr } = await host.run(answersCommand(logs), { as: 'root', ...(signal && { signal }) })
  const read = parseAnswers(stdout.toString())
  if (read) return read
  const paths = logs.map(({ path }) => path).join(', ')
  throw new FileRefused('read', paths, { host: host.name, said: stderr.toString().trim() })
}
