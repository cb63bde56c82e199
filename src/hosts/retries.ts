import { sleep } from '../lib/clock.ts'
import { HostUnreachable } from './errors.ts'

/** Refused or cut before the login: worth another try. */
export class CutShort extends HostUnreachable {}

/** Waits between tries: a jump host drops new connections at random under a burst (sshd's MaxStartups). */
const pauses = [150, 400, 1000] as const

/** Tries again, a few times and a little later each, while `connect` throws CutShort. */
export async function withRetries<Result>(connect: () => Promise<Result>): Promise<Result> {
  for (const pause of pauses) {
    try {
      return await connect()
    } catch (error) {
      if (!(error instanceof CutShort)) throw error
      await sleep(pause * (0.5 + Math.random()))
    }
  }
  return connect()
}
