import { serverAt, type ServerEdit, type UpstreamServer } from '../../daemons/nginx/upstream/servers-file.ts'
import { ZdtError } from '../../lib/errors.ts'
import { shareText } from '../../lib/shares.ts'
import { changeUpstreams, type Onwards, type UpstreamChange } from '../upstreams/change.ts'
import type { SeenUpstream } from '../upstreams/look.ts'
import { enoughStay } from '../upstreams/taken-down.ts'
import type { Rolling } from './batch.ts'
import { shareOfWeights, weightsFor, type Weights } from './weights.ts'

/** One upstream of one nginx: who comes to a share there, who has the rest, and their weights at each share. */
interface FieldBehind {
  /** Its seats are those who come. */
  readonly upstream: SeenUpstream
  readonly canary: readonly UpstreamServer[]
  readonly others: readonly UpstreamServer[]
  readonly at: readonly Weights[]
}

/** What nginx's files say while some come to shares. */
export interface SharesBehind {
  /** They serve again, with the first share. */
  readonly first: UpstreamChange
  readonly more: readonly UpstreamChange[]
  /** All weights as before. */
  readonly last: UpstreamChange
  /** `nginx gives app1 of shop 5 %, 25 % of its requests`. */
  readonly facts: readonly string[]
}

/**
 * `moving`: the upstreams with the seats of those who come; `rest`: with those of the others; `beforeLast`: what else is done to the
 * files before all weights are as they were. Throws where nobody else serves.
 */
export async function sharesBehind(
  { pool, to }: Rolling,
  onwards: Onwards,
  shares: readonly number[],
  moving: readonly SeenUpstream[],
  rest: readonly SeenUpstream[],
  beforeLast: () => Promise<void> = () => Promise.resolve(),
): Promise<SharesBehind> {
  const fields = moving.map((upstream): FieldBehind => {
    const canary = linesOf(upstream)
    const other = rest.find(({ host, file }) => host === upstream.host && file.path === upstream.file.path)
    const others = other ? linesOf(other).filter(({ down, backup }) => !down && !backup) : []
    if (others.length === 0) {
      throw new ZdtError(`nobody else serves ${upstream.pool.name}: there are no shares to give`, {
        code: 'no-baseline',
        exit: 'refused',
        host: upstream.host,
        suggestions: [`zdt rollout ${pool.name} --to ${to} --strategy rolling`],
      })
    }
    const weights = others.map(({ weight }) => weight)
    return { upstream, canary, others, at: weightsFor(shares, canary.length, weights) }
  })
  const change = (edits: (field: FieldBehind) => ServerEdit[], undo?: typeof enoughStay) =>
    changeUpstreams(onwards, moving, {
      edits: (seen) => fields.filter(({ upstream }) => upstream === seen).flatMap(edits),
      ...(undo && { undo }),
    })
  // One after the other: each begins with what the files say after the one before.
  const first = await change((field) => given(field, 0), enoughStay)
  const more: UpstreamChange[] = []
  for (const index of shares.keys()) if (index > 0) more.push(await change((field) => given(field, index)))
  await beforeLast()
  const last = await change(({ canary, others }) => [...canary, ...others].map(weightOf))
  const facts = fields.map(({ upstream, canary, at }) => {
    const said = at.map((weights) => shareText(shareOfWeights(weights, canary.length))).join(', ')
    const names = upstream.seats.map(({ server }) => server).join(', ')
    return `nginx gives ${names} of ${upstream.pool.name} ${said} of its requests`
  })
  return { first, more, last, facts: [...new Set(facts)] }
}

function linesOf({ seats, servers }: SeenUpstream): UpstreamServer[] {
  return seats.flatMap((seat) => serverAt(servers, seat) ?? [])
}

function weightOf({ address, port, weight }: UpstreamServer): ServerEdit {
  return { address, port, weight }
}

/** One of the shares. The others' weights stay as the first has set them. */
function given({ canary, others, at }: FieldBehind, index: number): ServerEdit[] {
  const weights = at[index]
  if (!weights) return []
  return [
    ...canary.map(({ address, port }) => ({ address, port, weight: weights.canary, down: false })),
    ...(index === 0
      ? others.map(({ address, port, weight }, place) => ({ address, port, weight: weights.others[place] ?? weight }))
      : []),
  ]
}
