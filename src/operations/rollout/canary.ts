import { stage, type StageDraft } from '../../engine/plan.ts'
import { shareText } from '../../lib/shares.ts'
import { setAgent } from '../../steps/haproxy/set-agent.ts'
import type { Judged } from '../capacity.ts'
import { backAgain, deployed, servingBeside, type Behind, type Rolling } from './batch.ts'
import { namesOf, ready, type Candidate } from './candidates.ts'
import { asBefore, fieldsOf, weigh, type Field } from './shares.ts'
import type { SharesBehind } from './shares-behind.ts'
import { watched } from './watching.ts'
import { shareOfWeights } from './weights.ts'

/** How the canary goes out, and what nginx is told. */
interface First {
  readonly judged: Judged
  readonly behind?: Behind
  readonly shares?: SharesBehind
}

/**
 * Some servers get the version first, and little of the traffic: its share rises where they answered well enough, by enough
 * answers. Then all weights are as before. The first share is set while they are out, so that going back never gives them more.
 */
export function canaryFirst(
  rolling: Rolling,
  some: readonly Candidate[],
  all: readonly Candidate[],
  { judged, behind, shares: nginx }: First,
): StageDraft[] {
  const { shares, samples, approve } = rolling.spec.canary
  const fields = fieldsFor(rolling, some, all)
  const names = namesOf(some)
  const own = new Set(some.map(({ server }) => server.name))
  const asking = (text: string) => approve && { asks: text, approval: true as const }
  const agents = fields
    .flatMap(({ canary, others }) => [...canary, ...others])
    .filter(({ view }) => view.agent?.enabled === true)
  const given = (index: number): StageDraft =>
    stage(`${names}: ${shareText(shares[index] ?? 0)} of ${rolling.pool.name}`, weigh(fields, index))
  const raised = (index: number): StageDraft[] =>
    asked(asking(`${names} answered well. Give it ${shareText(shares[index] ?? 0)} of the traffic?`), [
      given(index),
      ...(nginx?.more[index - 1]?.stages ?? []),
    ])
  const watch = () => watched(rolling, some, ready(some), { samples })
  return [
    ...deployed(rolling, some, judged, { beside: servingBeside(all, some), ...(behind && { behind }) }),
    // An agent that answers with a share would set the weight again.
    stage(
      'hold the agent checks of the others off',
      agents
        .filter(({ seat }) => !own.has(seat.server))
        .map(({ seat }) => setAgent.at(seat.host, { seat, agent: 'held' })),
    ),
    given(0),
    ...backAgain(rolling, some, { isCanary: true, ...(behind && { behind }) }),
    watch(),
    ...shares.slice(1).flatMap((_share, index) => [...raised(index + 1), watch()]),
    ...asked(asking(`${names} answered well. Bring all others to ${rolling.to}?`), [
      stage('all weights as before', asBefore(fields)),
      ...(nginx?.last.stages ?? []),
    ]),
    stage(
      'hear the agent checks again',
      agents.map(({ seat }) => setAgent.at(seat.host, { seat, agent: 'heard' })),
    ),
  ]
}

/** The first of the stages that has a step asks; those without one are left out of the plan. */
function asked(question: false | Pick<StageDraft, 'asks' | 'approval'>, stages: readonly StageDraft[]): StageDraft[] {
  const first = stages.find(({ steps }) => steps.length > 0)
  return stages.map((one) => (one === first ? { ...one, ...question } : one))
}

/** What the shares come to, where whole weights come only near them. */
export function sharesInFull(rolling: Rolling, some: readonly Candidate[], all: readonly Candidate[]): string[] {
  const fields = fieldsFor(rolling, some, all)
  const said = fields.map(({ canary, others, at }) => {
    const shares = at.map((weights) => shareText(shareOfWeights(weights, canary.length))).join(', ')
    const scaled = at[0]?.others ?? []
    const changed = others.some(({ view }, index) => view.weight !== scaled[index])
    const backend = canary[0]?.seat.backend ?? ''
    return `${namesOf(some)} of ${backend} first, with ${shares} of its traffic${changed ? '; the others’ weights change in proportion meanwhile' : ''}`
  })
  return [...new Set(said)]
}

function fieldsFor(rolling: Rolling, some: readonly Candidate[], all: readonly Candidate[]): Field[] {
  const others = all.filter((one) => !some.includes(one))
  return fieldsOf(rolling, rolling.spec.canary.shares, ready(some), ready(others))
}
