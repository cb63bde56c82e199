import { plan } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { hostsNamed } from '../fleet/selectors.ts'
import type { HostName } from '../lib/types.ts'
import type { UpgradeSource } from './candidate.ts'
import { claimsOf } from './claims.ts'
import { backupOf } from './kept-binary.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { draftHaproxy, type HaproxyWanted } from './upgrade-haproxy/draft.ts'
import { namesOf, oncePer, whoRun } from './upgrade-words.ts'

export interface UpgradeHaproxyOptions extends HaproxyWanted {
  /** One after the other, in this order; or the name of a HAProxy in zdt.yaml, for all of its hosts. */
  readonly hosts: readonly string[]
  readonly source: UpgradeSource
}

/**
 * Upgrades HAProxy to another binary without losing a request: tested on every host first; then, host by host, put in the old one's
 * place, executed by the master, proved, held. Throws what draftHaproxy throws.
 */
export const upgradeHaproxy: Operation<UpgradeHaproxyOptions> = {
  title: ({ hosts }) => `upgrade-haproxy ${hosts.join(', ')}`,
  claims: (fleet, options) => claimsOf(fleet, [], namesIn(fleet, options)),
  propose,
}

async function propose(world: World, options: UpgradeHaproxyOptions): Promise<Proposal> {
  const { fleet, id } = world
  const draft = await draftHaproxy(world, namesIn(fleet, options), options)
  const { works, todo, seats, capacity, facts, tested, carriedOut } = draft
  return {
    situation: { fleet: fleet.name, seats, capacity, facts },
    plan: plan(`upgrade-haproxy ${namesOf(works)}`, fleet.digest, [...tested, ...carriedOut], id),
    done: `${whoRun(todo)} HAProxy ${oncePer(works, ({ candidate }) => candidate.version)} (was ${oncePer(todo, ({ runs }) => runs)}); the old one is kept as ${oncePer(todo, backupOf)}`,
    already: `${whoRun(works)} this very HAProxy ${oncePer(works, ({ candidate }) => candidate.version)} already`,
    onTimeout: 'put-back',
  }
}

function namesIn(fleet: Fleet, { hosts }: UpgradeHaproxyOptions): readonly HostName[] {
  return hostsNamed(fleet, hosts, fleet.haproxy)
}
