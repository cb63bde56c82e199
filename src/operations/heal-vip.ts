import { plan, stage } from '../engine/plan.ts'
import { vipNamed } from '../fleet/selectors.ts'
import { ZdtError } from '../lib/errors.ts'
import { announceVip } from '../steps/vip/announce.ts'
import { awaitHolder } from '../steps/vip/await-holder.ts'
import { dropStray } from '../steps/vip/drop-stray.ts'
import { lookAtVip } from '../steps/vip/look-at-vip.ts'
import type { VipNode } from '../steps/vip/vip-report.ts'
import { claimsOf } from './claims.ts'
import type { Operation } from './operation.ts'
import { questionOf } from './vips.ts'

const patience = 15_000

type Holder = Extract<VipNode, { error?: undefined }>

/**
 * Puts a VIP in order: takes it from hosts whose Keepalived no longer looks after it, has its one master announce it anew,
 * and looks from the segment. Throws where there is no one master: that is Keepalived's to decide.
 */
export const healVip: Operation<{ readonly vip: string }> = {
  title: ({ vip }) => `vip heal ${vip}`,
  claims: (fleet, { vip }) => claimsOf(fleet, [], vipNamed(fleet, vip).hosts),
  propose: async ({ fleet, hosts, id }, options) => {
    const vip = questionOf(fleet, vipNamed(fleet, options.vip))
    const report = await lookAtVip(hosts, vip)
    const { address, prefix, name, troubles } = report
    const holders = report.nodes.filter((node): node is Holder => !node.error && node.heldBy !== null)
    const [master, ...rivals] = holders.filter(({ instance }) => instance?.state === 'MASTER')
    if (!master?.device || !master.mac || rivals.length > 0) throw noOneMaster(name, master && [master, ...rivals])
    const { host, device, mac } = master
    const strays = holders.filter((node) => node !== master)
    const wrong = troubles.length > 0
    return {
      situation: { fleet: fleet.name, seats: [], capacity: [], facts: [...troubles, `${host} is its one master`] },
      plan: plan(
        `vip heal ${name}`,
        fleet.digest,
        [
          stage(
            `take ${address} from where no Keepalived looks after it`,
            strays.map((stray) => dropStray.at(stray.host, { address, prefix, device: stray.heldBy ?? '' })),
          ),
          stage(`announce ${address} anew`, wrong ? [announceVip.at(host, { address, device, mac })] : []),
          stage('look from the segment', wrong ? [awaitHolder.at(host, { vip, timeout: patience })] : []),
        ],
        id,
      ),
      done: `${host} alone holds ${address}, and the segment hears it`,
      already: `${host} alone holds ${address}, and the segment hears it: nothing was to heal`,
      onTimeout: 'leave',
    }
  },
}

function noOneMaster(name: string, masters: readonly Holder[] | undefined): ZdtError {
  const who = masters?.map(({ host }) => host).join(' and ')
  return new ZdtError(
    who === undefined ? `no host is master of ${name}` : `${who} are masters of ${name}: they do not hear each other`,
    {
      code: 'no-one-master',
      exit: 'refused',
      suggestions: [
        who === undefined
          ? 'start Keepalived where it does not run; zdt vip tells where'
          : 'look for what keeps their adverts apart: VIP lists that differ, virtual_router_id, a packet filter (protocol 112)',
        `zdt vip ${name}`,
      ],
    },
  )
}
