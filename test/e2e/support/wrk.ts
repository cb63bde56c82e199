import { fileURLToPath } from 'node:url'
import type { Lab } from './lab.ts'
import { startInLab } from './running.ts'

/** What wrk saw; `errors` are of the socket: connect, read, write, timeout. */
export interface Load {
  readonly perSecond: number
  readonly errors: number
  readonly not2xx: number
  readonly requests: number
}

/**
 * Fifty keep-alive connections until they are told to stop (at most ten minutes): that never rest, or `paced` ones that ask about twelve
 * times a second. A paced one rests when HAProxy's worker ends and takes it for an error: only where no worker does.
 */
export async function startWrk(lab: Lab, url: string, pace?: 'paced'): Promise<{ stop(): Promise<Load> }> {
  const how = pace === undefined ? [] : ['-s', fileURLToPath(new URL('paced.lua', import.meta.url))]
  const wrk = await startInLab(lab, ['stdbuf', '-oL', 'wrk', '-t2', '-c50', '-d600s', '--timeout', '5s', ...how, url])
  await wrk.said(/^Running/m)
  return {
    stop: async () => {
      // wrk says what it has when it is interrupted.
      wrk.signal('SIGINT')
      const { stdout } = await wrk.ended
      const numbers = (pattern: RegExp) => [...stdout.matchAll(pattern)].map(([, number]) => Number(number))
      return {
        perSecond: numbers(/Requests\/sec: +([\d.]+)/g)[0] ?? 0,
        errors: numbers(/(?:connect|read|write|timeout) (\d+)/g).reduce((sum, count) => sum + count, 0),
        requests: numbers(/^ +(\d+) requests in/gm)[0] ?? 0,
        not2xx: numbers(/Non-2xx or 3xx responses: (\d+)/g)[0] ?? 0,
      }
    },
  }
}
