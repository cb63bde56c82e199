import { vipNamed } from '../fleet/selectors.ts'
import { ZdtError } from '../lib/errors.ts'
import { lookAtVip } from '../steps/vip/look-at-vip.ts'
import { instancesOf } from '../steps/vip/troubles.ts'
import { failover, proposeMove, type FailoverOptions } from './failover.ts'
import type { Operation } from './operation.ts'
import { questionOf } from './vips.ts'

/** Moves a VIP back to the host that its configuration prefers: the one with the highest priority of its own. */
export const failback: Operation<Omit<FailoverOptions, 'to'>> = {
  title: ({ vip }) => `failback ${vip}`,
  claims: (fleet, options) => failover.claims(fleet, options),
  propose: async (world, options) => {
    const spec = vipNamed(world.fleet, options.vip)
    const known = instancesOf(await lookAtVip(world.hosts, questionOf(world.fleet, spec)))
    const [first, second] = known.toSorted((a, b) => b.instance.base - a.instance.base)
    if (first && first.instance.base !== second?.instance.base)
      return proposeMove(world, { ...options, to: first.host, as: 'failback' })
    throw new ZdtError(
      `${spec.name} prefers no host: the priorities of ${spec.hosts.join(' and ')} are not known, or equal`,
      {
        code: 'no-preferred-host',
        exit: 'refused',
        suggestions: [`zdt failover ${spec.name} --to HOST`],
      },
    )
  },
}
