import { ZdtError } from '../lib/errors.ts'
import type { Millis } from '../lib/types.ts'

export interface ProbeOptions {
  /** http or https; certificates are verified. */
  readonly url: string
  /** Requests a second, 1 to 1000. */
  readonly rate: number
  /** When the probe ends by itself. Default: an hour. At most a day. */
  readonly maxDuration?: Millis
  /** For one request, from sending to the last byte. Default 5 s, at most a minute. */
  readonly timeout?: Millis
}

const day: Millis = 86_400_000

/** The options with their defaults. Throws a ZdtError (exit usage) for what is out of bounds. */
export function checkedOptions(options: ProbeOptions): Required<ProbeOptions> {
  const { url, rate, maxDuration = 3_600_000, timeout = 5000 } = options
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if (protocol !== 'http:' && protocol !== 'https:') throw refusal(`the probe needs an http or https URL, not ${url}`)
  const { username, password } = new URL(url)
  if (username || password) throw refusal('the probe takes no name and no password in its URL: both would be journaled')
  within('rate', rate, 1000, 'requests a second')
  within('duration', maxDuration, day, 'milliseconds')
  within('timeout', timeout, 60_000, 'milliseconds')
  return { url, rate, maxDuration, timeout }
}

function within(what: string, value: number, most: number, unit: string): void {
  if (value >= 1 && value <= most) return
  throw refusal(`the probe's ${what} is ${value}, expected 1 to ${most} ${unit}`)
}

function refusal(message: string): ZdtError {
  return new ZdtError(message, { code: 'probe-options', exit: 'usage' })
}
