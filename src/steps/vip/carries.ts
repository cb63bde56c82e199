import { carries } from '../../daemons/linux/segment.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { defineGuard } from '../define.ts'
import { handOffThing } from '../things.ts'

type Input = {
  readonly address: string
  readonly from: { readonly device: string; readonly mac: string }
  readonly to: { readonly host: HostName; readonly device: string; readonly mac: string }
}

/** The segment carries a stranger's packet from this host to the other by MAC address: tried with a real one. */
export const segmentCarries = defineGuard<Input>({
  kind: 'vip.segment-carries',
  describe: ({ address, to }, host) => ({
    title: `the segment carries a packet for ${address} from ${host} to ${to.host} by MAC address`,
    commands: [],
  }),
  check: async ({ address, from, to }, on) => {
    const taker = await on.other(to.host)
    if (await carries(address, { host: on.host, place: from }, { host: taker, place: to })) return
    throw new ZdtError(`the segment does not carry a packet for ${address} from ${on.host.name} to ${to.host}`, {
      code: 'segment-does-not-carry',
      exit: 'refused',
      host: on.host.name,
      suggestions: ['--no-hand-off moves the VIP without keeping connections'],
    })
  },
  protects: ({ address }, host) => [handOffThing(host, address, 'pass-on')],
})
