import { LabCommandFailed } from '../errors.ts'

/** What wrk counted. */
export interface Load {
  readonly requests: number
  /** In milliseconds. */
  readonly p99: number
  /** Requests that came to nothing, by how. */
  readonly lost: Readonly<Record<'connect' | 'read' | 'write' | 'timeout' | 'status', number>>
}

/** Reads the line of JSON that `load.lua` ends wrk's output with. */
export function parseLoad(stdout: string, stderr: string): Load {
  const line = stdout.split('\n').findLast((each) => each.startsWith('{'))
  if (line === undefined) throw new LabCommandFailed('wrk', stderr || stdout)
  return JSON.parse(line) as Load
}
