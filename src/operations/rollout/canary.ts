import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import { ZdtError } from '../../lib/errors.ts'
import { shareText } from '../../lib/shares.ts'
import { setAgent } from '../../steps/haproxy/set-agent.ts'
import { setServerWeight } from '../../steps/haproxy/set-weight.ts'
import type { Judged } from '../capacity.ts'
import type { SeenSeat } from '../look-at-seats.ts'
import { backAgain, deployed, watched, type Rolling } from './batch.ts'
import { namesOf, ready, type Candidate } from './candidates.ts'
import { shareOfWeights, weightsFor, type Weights } from './weights.ts'

/** One backend at one load balancer: who is the canary there, who is not, and their weights at each share. */
interface Field {
  readonly canary: readonly SeenSeat[]
  readonly others: readonly SeenSeat[]
  readonly at: readonly Weights[]
}

/**
 * Some servers get the version first, and little of the traffic: its share rises where they answered well enough, by enough
 * answers. Then all weights are as before. The first share is set while they are out, so that going back never gives them more.
 */
export function canaryFirst(
  rolling: Rolling,
  some: readonly Candidate[],
  all: readonly Candidate[],
  judged: Judged,
): StageDraft[] {
  const { shares, samples, approve } = rolling.spec.canary
  const fields = fieldsOf(rolling, some, all)
  const names = namesOf(some)
  const own = new Set(some.map(({ server }) => server.name))
  const asking = (text: string) => approve && { asks: text, approval: true as const }
  const agents = fields
    .flatMap(({ canary, others }) => [...canary, ...others])
    .filter(({ view }) => view.agent?.enabled === true)
  const given = (index: number): StageDraft => ({
    ...stage(`${names}: ${shareText(shares[index] ?? 0)} of ${rolling.pool.name}`, weigh(fields, index)),
    ...(index > 0 && asking(`${names} answered well. Give it ${shareText(shares[index] ?? 0)} of the traffic?`)),
  })
  return [
    ...deployed(rolling, some, judged),
    // An agent that answers with a share would set the weight again.
    stage(
      'hold the agent checks of the others off',
      agents
        .filter(({ seat }) => !own.has(seat.server))
        .map(({ seat }) => setAgent.at(seat.host, { seat, agent: 'held' })),
    ),
    given(0),
    ...backAgain(rolling, some, { isCanary: true }),
    watched(rolling, some, ready(some), samples),
    ...shares.slice(1).flatMap((_share, index) => [given(index + 1), watched(rolling, some, ready(some), samples)]),
    {
      ...stage('all weights as before', asBefore(fields)),
      ...asking(`${names} answered well. Bring all others to ${rolling.to}?`),
    },
    stage(
      'hear the agent checks again',
      agents.map(({ seat }) => setAgent.at(seat.host, { seat, agent: 'heard' })),
    ),
  ]
}

/** What the shares come to, where whole weights come only near them. */
export function sharesInFull(rolling: Rolling, some: readonly Candidate[], all: readonly Candidate[]): string[] {
  const fields = fieldsOf(rolling, some, all)
  const said = fields.map(({ canary, others, at }) => {
    const shares = at.map((weights) => shareText(shareOfWeights(weights, canary.length))).join(', ')
    const scaled = at[0]?.others ?? []
    const changed = others.some(({ view }, index) => view.weight !== scaled[index])
    const backend = canary[0]?.seat.backend ?? ''
    return `${namesOf(some)} of ${backend} first, with ${shares} of its traffic${changed ? '; the others’ weights change in proportion meanwhile' : ''}`
  })
  return [...new Set(said)]
}

/** Throws NoBaseline where nobody else serves, or shares cannot be given. */
function fieldsOf({ spec, pool, to }: Rolling, some: readonly Candidate[], all: readonly Candidate[]): Field[] {
  const moving = ready(some)
  const rest = ready(all.filter((one) => !some.includes(one))).filter(({ view }) => !view.backup && view.weight > 0)
  const keys = [...new Set(moving.map(keyOf))]
  return keys.map((key) => {
    const canary = moving.filter((one) => keyOf(one) === key)
    const others = rest.filter((one) => keyOf(one) === key)
    const [first] = canary
    const backend = first?.all.backends.find(({ backend }) => backend === first.seat.backend)
    const rolling = [`zdt rollout ${pool.name} --to ${to} --strategy rolling`]
    if (backend?.weights === 'all or nothing') {
      throw new ZdtError(`${backend.backend} balances by ${backend.algorithm}, which gives no shares`, {
        code: 'static-algorithm',
        exit: 'refused',
        ...(first && { host: first.seat.host }),
        suggestions: rolling,
      })
    }
    if (others.length === 0) {
      throw new ZdtError(`nobody else serves ${pool.name}: a canary has nothing to be measured against`, {
        code: 'no-baseline',
        exit: 'refused',
        ...(first && { host: first.seat.host }),
        suggestions: rolling,
      })
    }
    const weights = others.map(({ view }) => view.weight)
    return { canary, others, at: weightsFor(spec.canary.shares, canary.length, weights) }
  })
}

function keyOf({ seat }: SeenSeat): string {
  return `${seat.host} ${seat.socket} ${seat.backend}`
}

function weigh(fields: readonly Field[], index: number): StepDraft[] {
  return fields.flatMap(({ canary, others, at }) => {
    const weights = at[index]
    if (!weights) return []
    // The others' stay as the first share has set them.
    const moved =
      index === 0 ? others.map((one, place) => [one, weights.others[place] ?? one.view.weight] as const) : []
    return [
      ...canary.map(({ seat }) => setServerWeight.at(seat.host, { seat, weight: weights.canary })),
      ...moved
        .filter(([{ view }, weight]) => view.weight !== weight)
        .map(([{ seat }, weight]) => setServerWeight.at(seat.host, { seat, weight })),
    ]
  })
}

function asBefore(fields: readonly Field[]): StepDraft[] {
  return fields.flatMap(({ canary, others, at }) => [
    ...canary.map(({ seat, view }) => setServerWeight.at(seat.host, { seat, weight: view.weight })),
    ...others
      .filter(({ view }, place) => view.weight !== at[0]?.others[place])
      .map(({ seat, view }) => setServerWeight.at(seat.host, { seat, weight: view.weight })),
  ])
}
