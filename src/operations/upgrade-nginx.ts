import type { Fleet } from '../fleet/fleet.ts'
import { hostsNamed, poolsServing } from '../fleet/selectors.ts'
import { plan, type StageDraft } from '../engine/plan.ts'
import { inBatches, type BatchSize } from '../lib/batches.ts'
import { quote } from '../lib/quote.ts'
import type { HostName } from '../lib/types.ts'
import { judgeCapacity, tightest, type Judged } from './capacity.ts'
import { claimsOf } from './claims.ts'
import { backupOf } from './kept-binary.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { intoRotation, outOfRotation, untilDrained } from './rotation.ts'
import { seatRow } from './seat-row.ts'
import { lookAtNginx } from './upgrade-nginx/look.ts'
import { candidatesInWords, type Source } from './candidate.ts'
import { namesOf, oncePer, whoRun } from './upgrade-words.ts'
import { filesMended, mendedLater, processesMended } from './upgrade-nginx/mends.ts'
import { ended, kept, swapped, tested, type Phases } from './upgrade-nginx/phases.ts'
import type { Work } from './upgrade-nginx/put.ts'

export interface UpgradeNginxOptions extends Phases {
  /** In the order in which they are upgraded; or the name of an nginx in zdt.yaml, for all of its hosts. */
  readonly hosts: readonly string[]
  /** The new binary, on the operator's machine; or the version of a package. */
  readonly source: Source
  /** How many hosts at once. */
  readonly batch: readonly BatchSize[]
  readonly allowEmpty: boolean
  /** Also where the host holds a VIP. */
  readonly inPlace: boolean
  /** Mend first what stands in the way and can be mended. */
  readonly repair: boolean
}

/**
 * Upgrades nginx to another binary without losing a request: tested on every host first; then, batch by batch, out of rotation,
 * replaced, USR2, WINCH, held, QUIT, back into rotation after a fresh check. Throws UnfitForUpgrade, TooFewLeft, and what fleet and
 * hosts throw.
 */
export const upgradeNginx: Operation<UpgradeNginxOptions> = {
  title: ({ hosts }) => `upgrade-nginx ${hosts.join(', ')}`,
  claims: (fleet, options) => {
    const names = namesIn(fleet, options)
    return claimsOf(
      fleet,
      names.flatMap((name) => poolsServing(fleet, name)),
      names,
    )
  },
  propose,
}

async function propose(world: World, options: UpgradeNginxOptions): Promise<Proposal> {
  const { fleet, id } = world
  const works: Work[] = await Promise.all(
    namesIn(fleet, options).map(async (name) => ({ ...(await lookAtNginx(world, name, options)), id })),
  )
  const todo = works.filter(({ isThere }) => !isThere)
  // One that has it already may have to be mended all the same.
  const touched = works.filter((work) => !work.isThere || mendedLater(work).length > 0)
  const batches = await Promise.all(
    inBatches(touched, options.batch).map(async (some) => ({ some, judged: await judge(fleet, some, options) })),
  )
  const hasAlready = `${whoRun(works)} this very nginx ${oncePer(works, ({ candidate }) => candidate.version)} already`
  return {
    situation: {
      fleet: fleet.name,
      seats: works.flatMap(({ seen }) => seen.map(({ seat, view, old }) => seatRow(seat.host, view, old))),
      capacity: tightest(batches.flatMap(({ judged }) => judged.capacity)),
      facts: [...works.flatMap(({ facts }) => facts), ...candidatesInWords('nginx', works, todo)],
    },
    plan: plan(
      `upgrade-nginx ${namesOf(works)}`,
      fleet.digest,
      [
        ...filesMended(works),
        ...(todo.length > 0 ? tested(todo, options) : []),
        ...batches.flatMap(({ some, judged }) => upgraded(fleet, some, judged, options)),
      ],
      id,
    ),
    done:
      todo.length === 0
        ? `${hasAlready}; mended`
        : `${whoRun(todo)} nginx ${oncePer(works, ({ candidate }) => candidate.version)} (was ${oncePer(todo, ({ runs }) => runs)}); the old one is kept as ${oncePer(todo, backupOf)}`,
    already: hasAlready,
    onTimeout: 'put-back',
  }
}

/** What somebody has taken out stays out: only what serves now is drained and brought back. */
function upgraded(fleet: Fleet, some: readonly Work[], judged: Judged, options: UpgradeNginxOptions): StageDraft[] {
  const seen = some.flatMap((work) => work.seen)
  const ready = seen.filter(({ view }) => view.admin === 'ready')
  const checked = seen.filter(({ view }) => view.admin !== 'maint').map(({ seat }) => seat)
  const todo = some.filter(({ isThere }) => !isThere)
  return [
    ...outOfRotation(ready, 'drain', judged),
    untilDrained(seen, options.timeout),
    ...processesMended(some, options.timeout),
    ...swapped(todo, checked, options),
    ...(options.keepOld === 0 ? ended(todo, options) : []),
    ...intoRotation(fleet, ready, options.timeout, ({ view }) => view.agent?.enabled === true),
    ...(options.keepOld === 0 ? [] : [...kept(todo, options), ...ended(todo, options)]),
  ]
}

/** Of each batch by what serves now, as all who were taken out before it are back by then. */
function judge(
  fleet: Fleet,
  some: readonly Work[],
  { hosts, source, allowEmpty }: UpgradeNginxOptions,
): Promise<Judged> {
  return judgeCapacity(
    fleet,
    some.flatMap(({ seen }) => seen),
    {
      doing: `draining ${namesOf(some)}`,
      anyway:
        some.length > 1
          ? 'the same with --allow-empty, or smaller batches'
          : `${quote(['zdt', 'upgrade-nginx', '--host', hosts.join(','), ...('binary' in source ? ['--binary', source.binary] : ['--package', source.version])])} --allow-empty`,
      allowEmpty,
    },
  )
}

function namesIn(fleet: Fleet, { hosts }: UpgradeNginxOptions): readonly HostName[] {
  return hostsNamed(fleet, hosts, fleet.nginx)
}
