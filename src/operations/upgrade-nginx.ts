import type { Fleet } from '../fleet/fleet.ts'
import { hostsNamed } from '../fleet/selectors.ts'
import { plan } from '../engine/plan.ts'
import { quote } from '../lib/quote.ts'
import type { HostName } from '../lib/types.ts'
import type { UpgradeSource } from './candidate.ts'
import { claimsDrained } from './claims.ts'
import { backupOf } from './kept-binary.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { draftNginx, type NginxWanted } from './upgrade-nginx/draft.ts'
import { namesOf, oncePer, whoRun } from './upgrade-words.ts'

export interface UpgradeNginxOptions extends Omit<NginxWanted, 'source' | 'anyway'> {
  /** In the order in which they are upgraded; or the name of an nginx in zdt.yaml, for all of its hosts. */
  readonly hosts: readonly string[]
  readonly source: UpgradeSource
}

/**
 * Upgrades nginx to another binary without losing a request: tested on every host first; then, batch by batch, out of rotation,
 * replaced, USR2, WINCH, held, QUIT, back into rotation after a fresh check. Throws what draftNginx throws.
 */
export const upgradeNginx: Operation<UpgradeNginxOptions> = {
  title: ({ hosts }) => `upgrade-nginx ${hosts.join(', ')}`,
  claims: (fleet, options) => claimsDrained(fleet, namesIn(fleet, options)),
  propose,
}

async function propose(world: World, options: UpgradeNginxOptions): Promise<Proposal> {
  const { fleet, id } = world
  const { hosts, source } = options
  const from = 'binary' in source ? ['--binary', source.binary] : ['--package', source.version]
  const anyway = `${quote(['zdt', 'upgrade-nginx', '--host', hosts.join(','), ...from])} --allow-empty`
  const draft = await draftNginx(world, namesIn(fleet, options), { ...options, anyway })
  const { works, todo, seats, capacity, facts, tested, carriedOut } = draft
  const hasAlready = `${whoRun(works)} this very nginx ${oncePer(works, ({ candidate }) => candidate.version)} already`
  return {
    situation: { fleet: fleet.name, seats, capacity, facts },
    plan: plan(`upgrade-nginx ${namesOf(works)}`, fleet.digest, [...tested, ...carriedOut], id),
    done:
      todo.length === 0
        ? `${hasAlready}; mended`
        : `${whoRun(todo)} nginx ${oncePer(works, ({ candidate }) => candidate.version)} (was ${oncePer(todo, ({ runs }) => runs)}); the old one is kept as ${oncePer(todo, backupOf)}`,
    already: hasAlready,
    onTimeout: 'put-back',
  }
}

function namesIn(fleet: Fleet, { hosts }: UpgradeNginxOptions): readonly HostName[] {
  return hostsNamed(fleet, hosts, fleet.nginx)
}
