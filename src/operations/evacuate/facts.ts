import { inWords } from '../../daemons/haproxy/kept/set-by-hand.ts'
import { formatDuration } from '../../lib/durations.ts'
import { quote } from '../../lib/quote.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { stillOut, type SeenSeat } from '../look-at-seats.ts'
import type { Home } from './home.ts'
import type { VipMoves } from './moves.ts'

interface Seen {
  readonly seen: readonly SeenSeat[]
  readonly vips: VipMoves
  readonly home: Home
  readonly options: { readonly argv: readonly string[]; readonly maxReboot: Millis }
}

/** What an operator is to know before it begins, one sentence each. */
export function factsOf(name: HostName, { seen, vips, home, options: { argv, maxReboot } }: Seen): string[] {
  const notAtBoot = home.services.filter(({ atBoot }) => !atBoot).map(({ id }) => id)
  return [
    ...vips.facts,
    ...(vips.held.length === 0 && seen.length === 0
      ? [`${name} holds no VIP and has no seat in a pool: nothing is moved or drained`]
      : []),
    ...stillOut(seen),
    argv.length > 0
      ? `then ${name} runs ${quote(argv)}, as the user that zdt logs in as; it may reboot, and is waited for ${formatDuration(maxReboot)}`
      : `then ${name} is yours: reboot it, open it; zdt goes on when you say so`,
    `back comes all of this once ${home.services.length} services run as they do now`,
    ...home.kept.flatMap(({ servers }) =>
      servers.map((one) => `a restart of HAProxy forgets ${inWords(one)}: it is set again`),
    ),
    ...notAtBoot.map((id) => `⚠ ${id} runs, but is not enabled: a reboot does not bring it back`),
  ]
}
