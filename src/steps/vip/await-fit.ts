import type { Awaited, On } from '../../engine/step-kind.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { defineWait } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { handOffThing } from '../things.ts'
import { lookAtVip } from './look-at-vip.ts'
import { unfit, unfitToServe, type Move } from './unfit.ts'
import type { VipQuestion } from './vip-report.ts'

/** A VIP that is to come home to `move.to`. */
export type Homeward = {
  readonly vip: VipQuestion
  readonly move: Move
  /** Keepalived is held off there, and tells nothing. */
  readonly unheard: boolean
}

type Input = Homeward & { readonly timeout: Millis }

/** Waits until a host that was started anew is fit to take a VIP: its daemons are up, and see what the holder's see. */
export const awaitFit = defineWait<Input>({
  kind: 'vip.await-fit',
  describe: ({ vip, move }) => ({
    title: `${move.to} is fit to take ${vip.address} from ${move.from}`,
    commands: [`zdt vip ${vip.name}`],
  }),
  look: (input, on) => lookAgain(on, (on) => lookWhetherFit(input, on)),
  timeout: ({ timeout }) => timeout,
  // A server that was just started counts as up until its first check (TRAPS: HAProxy).
  inARow: () => 3,
  protects: ({ vip }, host) => [handOffThing(host, vip.address, 'pass-on')],
})

/** Is it fit, as the step's host sees it now? */
export async function lookWhetherFit({ vip, move, unheard }: Homeward, on: On): Promise<Awaited> {
  const hosts = { on: (name: HostName) => on.other(name) }
  const reasons = unheard ? await unfitToServe(hosts, move) : await unfit(hosts, await lookAtVip(hosts, vip), move)
  return { done: reasons.length === 0, awaiting: reasons.map((reason) => `${move.to}  ${reason}`) }
}
