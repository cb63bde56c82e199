import { plan } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { hostsNamed } from '../fleet/selectors.ts'
import type { HostName } from '../lib/types.ts'
import { candidatesInWords, type Source } from './candidate.ts'
import { claimsOf } from './claims.ts'
import { backupOf } from './kept-binary.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { namesOf, oncePer, whoRun } from './upgrade-words.ts'
import { lookAtHaproxy } from './upgrade-haproxy/look.ts'
import { exchanged, tested, type Phases, type Work } from './upgrade-haproxy/phases.ts'

export interface UpgradeHaproxyOptions extends Phases {
  /** One after the other, in this order; or the name of a HAProxy in zdt.yaml, for all of its hosts. */
  readonly hosts: readonly string[]
  /** The new binary, on the operator's machine; or the version of a package. */
  readonly source: Source
  /** Also where the host holds a VIP. */
  readonly inPlace: boolean
}

/**
 * Upgrades HAProxy to another binary without losing a request: tested on every host first; then, host by host, put in the old one's
 * place, executed by the master, proved, held. Throws what makes it unfit, and what fleet and hosts throw.
 */
export const upgradeHaproxy: Operation<UpgradeHaproxyOptions> = {
  title: ({ hosts }) => `upgrade-haproxy ${hosts.join(', ')}`,
  claims: (fleet, options) => claimsOf(fleet, [], namesIn(fleet, options)),
  propose,
}

async function propose({ fleet, hosts, id }: World, options: UpgradeHaproxyOptions): Promise<Proposal> {
  const works: Work[] = await Promise.all(
    namesIn(fleet, options).map(async (name) => ({
      ...(await lookAtHaproxy(fleet, await hosts.on(name), options)),
      id,
    })),
  )
  const todo = works.filter(({ isThere }) => !isThere)
  return {
    situation: {
      fleet: fleet.name,
      seats: [],
      capacity: [],
      facts: [...works.flatMap(({ facts }) => facts), ...candidatesInWords('HAProxy', works, todo)],
    },
    plan: plan(
      `upgrade-haproxy ${namesOf(works)}`,
      fleet.digest,
      // A binary that does not live on the last of them must cost the first nothing either.
      [...todo.flatMap((work) => tested(work, options)), ...todo.flatMap((work) => exchanged(work, options))],
      id,
    ),
    done: `${whoRun(todo)} HAProxy ${oncePer(works, ({ candidate }) => candidate.version)} (was ${oncePer(todo, ({ runs }) => runs)}); the old one is kept as ${oncePer(todo, backupOf)}`,
    already: `${whoRun(works)} this very HAProxy ${oncePer(works, ({ candidate }) => candidate.version)} already`,
    onTimeout: 'put-back',
  }
}

function namesIn(fleet: Fleet, { hosts }: UpgradeHaproxyOptions): readonly HostName[] {
  return hostsNamed(fleet, hosts, fleet.haproxy)
}
