import { plan } from '../engine/plan.ts'
import { splitNamed } from '../fleet/selectors.ts'
import { edited, rulesText, sameRules, type RuleEdits, type Rules } from '../lib/split-rules.ts'
import type { SplitSpec } from '../fleet/splits.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { claimsOf } from './claims.ts'
import type { Operation, World } from './operation.ts'
import { seatsOn } from './out-meanwhile.ts'
import type { Proposal } from './proposal.ts'
import { changeSplit } from './split/change.ts'
import { lookAtSplit } from './split/look.ts'
import { groupOf, isRunning, staleLines, type SeenSplit } from './split/seen.ts'
import { judgeReceiving, questionFor, receiving } from './split/receiving.ts'
import { watchedFor } from './split/watched.ts'

export interface SplitOptions {
  readonly split: string
  readonly edits: RuleEdits
  /** Every balancer gets the rules of this one before they are edited. */
  readonly like?: string
  /** How long the answers of `b` are watched against those of `a` afterwards. */
  readonly watch?: Millis
  /** How many answers `b` is judged by. */
  readonly samples: number
  readonly timeout: Millis
  readonly allowEmpty: boolean
  /** As of a drain. */
  readonly inPlace: boolean
}

/** Sends other clients to the one and the other of two pools, on every balancer. */
export const setSplit: Operation<SplitOptions> = {
  title: ({ split }) => `split set ${split}`,
  claims: (fleet, { split: name }) => {
    const split = splitNamed(fleet, name)
    const { group, kind } = groupOf(fleet, split)
    const own = group.hosts.flatMap((host) => [split.a, split.b].map((pool) => ({ host, pool })))
    const meanwhile = kind === 'nginx' ? group.hosts.flatMap((host) => seatsOn(fleet, host)) : []
    return claimsOf(fleet, [...own, ...meanwhile])
  },
  propose,
}

async function propose(world: World, options: SplitOptions): Promise<Proposal> {
  const { fleet, hosts, id } = world
  const split = splitNamed(fleet, options.split)
  refuseUnnamed(split, options.edits)
  const seen = await lookAtSplit(fleet, hosts, split)
  refuseStale(split, seen, options)
  const wanted = wantedOf(split, seen, options)
  const rules = wanted[0]?.rules ?? { rules: [], share: 0 }
  const anyway = 'the same with --allow-empty'
  const pools = [...new Set(wanted.flatMap((one) => receiving(fleet, split, one.seen.rules, one.rules)))]
  const question = questionFor(fleet, split, pools, { anyway, allowEmpty: options.allowEmpty })
  // One that does not run sends nobody anywhere.
  const running = seen.filter(isRunning).map(({ host }) => host)
  const seats = await judgeReceiving(world, pools, question, running)
  const { stages, changes, out } = await changeSplit(world, split, wanted, { ...options, anyway })
  const isChanged = stages.some(({ steps }) => steps.length > 0)
  const watched =
    options.watch === undefined ? [] : [await watchedFor(world, split, rules, { ...options, watch: options.watch })]
  const where = seen.map(({ host }) => host).join(', ')
  return {
    situation: {
      fleet: fleet.name,
      seats,
      capacity: out.flatMap((one) => one.capacity),
      facts: [
        `${split.a} is a, ${split.b} is b`,
        ...nowLines(seen),
        ...seen.flatMap(({ odd }) => odd),
        ...seen.flatMap((one) => staleLines(split, one)),
        ...out.flatMap((one) => one.facts),
      ],
      ...(changes.length > 0 && { changes }),
    },
    plan: plan(setSplit.title(options), fleet.digest, isChanged ? [...stages, ...watched] : [], id),
    done: `${split.name} on ${where}: ${rulesText(rules)}`,
    already: `${split.name} on ${where} already: ${rulesText(rules)}`,
    halfWay: { goOnWith: `zdt resume ${id}`, putBackWith: `zdt rollback ${id}` },
    onTimeout: 'put-back',
  }
}

/** What every balancer is to go by: all the same. Throws where they would not. */
function wantedOf(
  split: SplitSpec,
  seen: readonly SeenSplit[],
  { edits, like }: SplitOptions,
): { readonly seen: SeenSplit; readonly rules: Rules }[] {
  const model = like === undefined ? undefined : seen.find(({ host }) => host === (like as HostName))
  if (like !== undefined && !model) {
    throw new ZdtError(
      `${like} does not balance ${split.a}: it is ${seen.map(({ host }) => host).join(', ')} that do`,
      {
        code: 'unknown-name',
        exit: 'usage',
        suggestions: seen.map(({ host }) => `zdt split set ${split.name} --like ${host}`),
      },
    )
  }
  const wanted = seen.map((one) => ({ seen: one, rules: edited((model ?? one).rules, edits) }))
  const [first, ...more] = wanted
  const other = first && more.find(({ rules }) => !sameRules(rules, first.rules))
  if (!first || !other) return wanted
  const each = [first, other].map(({ seen: { host }, rules }) => `${host}: ${rulesText(rules)}`)
  throw new ZdtError(`the balancers would not all send by the same rules:\n${each.join('\n')}`, {
    code: 'splits-differ',
    exit: 'refused',
    suggestions: [first, other].map(
      ({ seen: { host } }) => `add --like ${host}   # as ${host} has it now, with this changed`,
    ),
  })
}

/** Sent by another zdt.yaml than this one, clients would go elsewhere than is said; but home they may go. */
function refuseStale(split: SplitSpec, seen: readonly SeenSplit[], { edits }: SplitOptions): void {
  const [first] = seen.filter(({ stale }) => stale.length > 0)
  if (!first || edits.all === 'a') return
  throw new ZdtError(staleLines(split, first)[0] ?? '', {
    code: 'split-not-applied',
    exit: 'refused',
    host: first.host,
    suggestions: [
      `zdt apply ${first.which.daemon}/${first.which.group}`,
      'or see docs/splits.md for a configuration of your own',
    ],
  })
}

/** A rule about what zdt.yaml does not have looked at would never say anything. */
function refuseUnnamed(split: SplitSpec, { set = [] }: RuleEdits): void {
  const unheard = set.find(({ by }) => by !== 'source' && split[by] === undefined)
  if (!unheard) return
  throw new ZdtError(`${split.name} looks at no ${unheard.by}`, {
    code: 'not-looked-at',
    exit: 'usage',
    suggestions: [`name one in zdt.yaml, splits.${split.name}.${unheard.by}, and zdt apply`],
  })
}

/** `now: beta → b, everybody else → a`, of each balancer where they differ. */
function nowLines(seen: readonly SeenSplit[]): string[] {
  const said = [...new Set(seen.map(({ rules }) => rulesText(rules)))]
  if (said.length === 1) return [`now: ${said[0]}`]
  return seen.map(({ host, rules }) => `now on ${host}: ${rulesText(rules)}`)
}
