import { stage, type StageDraft } from '../../engine/plan.ts'
import type { RolloutSpec } from '../../fleet/rollout.ts'
import { inBatches } from '../../lib/batches.ts'
import { appRuns } from '../../steps/app/runs.ts'
import type { Millis } from '../../lib/types.ts'
import { tightest, type Judged } from '../capacity.ts'
import { stillOut } from '../look-at-seats.ts'
import type { World } from '../operation.ts'
import { judgePlaces } from '../places.ts'
import type { Situation } from '../situation.ts'
import { notSlow } from '../slow-start.ts'
import { fromHere } from '../upstreams/change.ts'
import { broughtBack, takenDown } from '../upstreams/taken-down.ts'
import { backAgain, deployed, servingBeside, slowStartOf, type Behind, type Rolling } from './batch.ts'
import { canaryFirst, sharesInFull } from './canary.ts'
import { sharesBehind, type SharesBehind } from './shares-behind.ts'
import { watched } from './watching.ts'
import { isWell, namesOf, ready, readyBehind, type Candidate } from './candidates.ts'

/** What the operator's flags say of taking servers out. */
export interface TakingOut {
  /** How long each wait for connections and checks may take. */
  readonly timeout: Millis
  readonly allowEmpty: boolean
  /** As of a drain. */
  readonly inPlace: boolean
}

/** What a strategy makes of a pool. */
export interface Strategic {
  readonly stages: readonly StageDraft[]
  readonly capacity: Situation['capacity']
  readonly facts: readonly string[]
  /** Who runs the version in the end. */
  readonly names: string
}

/** Batch by batch, and before them the canary, where there is one. */
export async function inTurn(
  world: World,
  rolling: Rolling,
  all: readonly Candidate[],
  options: TakingOut,
): Promise<Strategic> {
  const { spec, to } = rolling
  const todo = all
    .filter(({ state }) => state.version !== to || state.ill !== null)
    .toSorted((a, b) => Number(isWell(a)) - Number(isWell(b)))
  const [canary = [], ...rest] =
    spec.strategy === 'canary' ? withCanary(todo, spec) : [[], ...inBatches(todo, spec.batch)]
  const batches = [canary, ...rest].filter((some) => some.length > 0)
  const onwards = fromHere(world, options)
  const planned: { some: readonly Candidate[]; judged: Judged; behind: Behind; shares?: SharesBehind }[] = []
  for (const some of batches) {
    const judged = await judge(rolling, some, options)
    const upstreams = readyBehind(some)
    // In this order: what nginx's files say afterwards is what the next batch begins with.
    const down = await takenDown(onwards, upstreams, judged.guards)
    if (some === canary) {
      const others = readyBehind(all.filter((one) => !some.includes(one)))
      const shares = await sharesBehind(rolling, onwards, spec.canary.shares, upstreams, others)
      planned.push({ some, judged, behind: { down, back: shares.first, upstreams }, shares })
    } else {
      planned.push({ some, judged, behind: { down, back: await broughtBack(onwards, upstreams), upstreams } })
    }
  }
  const stages = planned.flatMap(({ some, judged, behind, shares }) => {
    if (shares) return canaryFirst(rolling, some, all, { judged, behind, shares })
    return [
      ...deployed(rolling, some, judged, { beside: servingBeside(all, some), behind }),
      ...backAgain(rolling, some, { behind }),
      watched(rolling, some, ready(some)),
    ]
  })
  const out = new Set(planned.flatMap(({ behind }) => behind.down.out.flatMap((one) => one.facts)))
  return {
    stages: stages.length === 0 ? [] : [thereAlready(rolling, all, todo), ...stages],
    capacity: tightest(planned.flatMap(({ judged }) => judged.capacity)),
    facts: [
      ...stillOut(todo.flatMap(({ seats }) => seats)),
      ...notSlow(ready(todo), slowStartOf(spec)),
      ...out,
      ...(canary.length > 0 ? sharesInFull(rolling, canary, all) : []),
      ...planned.flatMap(({ shares }) => shares?.facts ?? []),
    ],
    names: namesOf(all),
  }
}

/** Who has the version is left alone; that this run relies on them is in its journal. */
function thereAlready({ pool, to }: Rolling, all: readonly Candidate[], todo: readonly Candidate[]): StageDraft {
  const there = all.filter((one) => !todo.includes(one))
  return stage(
    `${to} is there already: ${namesOf(there)}`,
    there.map(({ host, server, app }) => appRuns.at(host, { pool: pool.name, server: server.name, app, version: to })),
  )
}

/** The canary, then the others in batches. One that nobody is sent to tells nothing, so it is no canary. */
function withCanary(todo: readonly Candidate[], { canary, batch }: RolloutSpec): Candidate[][] {
  const [some = []] = inBatches(
    todo.filter((one) => ready([one]).length + readyBehind([one]).length > 0),
    [canary.servers],
  )
  return [
    some,
    ...inBatches(
      todo.filter((one) => !some.includes(one)),
      batch,
    ),
  ]
}

/** May they be taken out? Throws TooFewLeft. */
export function judge(
  { fleet, pool, to }: Pick<Rolling, 'fleet' | 'pool' | 'to'>,
  some: readonly Candidate[],
  options: TakingOut,
  when: { readonly later?: true } = {},
): Promise<Judged> {
  return judgePlaces(
    fleet,
    { seen: ready(some), upstreams: readyBehind(some) },
    {
      doing: `taking ${namesOf(some)} out`,
      anyway: `zdt rollout ${pool.name} --to ${to} --allow-empty`,
      allowEmpty: options.allowEmpty,
      ...when,
    },
  )
}
