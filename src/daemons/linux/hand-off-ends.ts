import { z } from 'zod'
import type { Host } from '../../hosts/host.ts'
import { jsonOrNothing } from '../../lib/json-or-nothing.ts'
import { quoteWord } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { handOffNames } from './hand-off-names.ts'

const listed = z.array(z.object({ next: z.number() }))

/**
 * How long until a host ends the hand-off of an address by itself, by its own timers (systemctl(1), list-timers) and clock;
 * undefined where it does not tell. Throws what Host.run throws.
 */
export async function handOffEnds(host: Host, address: string, signal?: AbortSignal): Promise<Millis | undefined> {
  const { passOnTimer, keepOpenTimer } = handOffNames(address)
  const timers = [passOnTimer, keepOpenTimer].map((unit) => quoteWord(`${unit}.timer`)).join(' ')
  const script = `date +%s%3N; systemctl list-timers --all --output=json ${timers}`
  const { stdout } = await host.run(['sh', '-c', script], signal && { signal })
  return untilLast(stdout.toString('utf8'))
}

/** From the host's own time in milliseconds, and its timers as JSON with microseconds. */
export function untilLast(stdout: string): Millis | undefined {
  const [now = '', ...rest] = stdout.split('\n')
  const timers = listed.safeParse(jsonOrNothing(rest.join('\n')))
  if (!timers.success || timers.data.length === 0) return undefined
  return Math.max(0, Math.max(...timers.data.map(({ next }) => next / 1000)) - Number(now))
}
