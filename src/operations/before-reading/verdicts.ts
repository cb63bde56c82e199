import { keeping, type Configurations, type Verdict } from '../../daemons/haproxy/kept/keeping.ts'
import { runtimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import type { Host } from '../../hosts/host.ts'

/** What is said of a server before its verdict. */
const words: { readonly [outcome in Verdict['outcome']]: string } = {
  kept: ' stays',
  'configuration wins': '',
  gone: ' goes',
}

/** What becomes of a server, in words. */
export interface VerdictLine extends Verdict {
  /** `shop/app2 stays: drain`. */
  readonly text: string
}

/**
 * What becomes of all that operators have set at run time on one HAProxy, and of servers that the next configuration has not, by the
 * rule of docs/runtime-state.md. One that does not answer is not fit for a reload, and refused by the plan's own check with what to do.
 */
export async function verdictsOn(host: Host, socket: string, configurations: Configurations): Promise<VerdictLine[]> {
  const state = await runtimeState(host, socket).catch(() => ({ columns: [], servers: [] }))
  const { verdicts } = keeping(state, configurations)
  return verdicts.map((one) => ({ ...one, text: `${one.server}${words[one.outcome]}: ${one.line}` }))
}
