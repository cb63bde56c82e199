import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { defineGuard } from '../define.ts'
import { handOffThing } from '../things.ts'
import { lookAtVip } from './look-at-vip.ts'
import { unfit, type Move } from './unfit.ts'
import type { VipQuestion } from './vip-report.ts'

type Input = { readonly vip: VipQuestion; readonly move: Move }

/** A host may not take a VIP over; all reasons at once. */
export class UnfitToTake extends ZdtError {
  constructor({ name }: { readonly name: string }, to: string, [first = '', ...more]: readonly string[]) {
    super(`${to} cannot take ${name}: ${first}`, {
      code: 'unfit-to-take',
      exit: 'refused',
      host: to,
      ...(more.length > 0 && { said: more.map((reason) => `also: ${reason}`).join('\n') }),
      suggestions: [`zdt vip ${name}`],
    })
  }
}

/** Checked again right before the VIP moves: what the plan was made on may have changed. */
export const fitToTake = defineGuard<Input>({
  kind: 'vip.fit-to-take',
  describe: ({ vip, move }) => ({
    title: `${move.to} is fit to take ${vip.address} from ${move.from}`,
    commands: [`zdt vip ${vip.name}`],
  }),
  check: async ({ vip, move }, on) => {
    const hosts = { on: (name: HostName) => on.other(name) }
    const reasons = await unfit(hosts, await lookAtVip(hosts, vip), move)
    if (reasons.length > 0) throw new UnfitToTake(vip, move.to, reasons)
  },
  protects: ({ vip }, host) => [handOffThing(host, vip.address, 'pass-on')],
})
