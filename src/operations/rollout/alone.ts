import type { StageDraft, StepDraft } from '../../engine/plan.ts'
import type { Seat } from '../../fleet/fleet.ts'
import type { Rolling } from './batch.ts'
import type { Candidate } from './candidates.ts'

/** What becomes of a server's step where the server is left out: its deployment stays, that it serves goes back. */
type Then = 'stays' | 'goes back'

/** What is done to each of some servers fails with that server alone, where zdt.yaml has a budget for it. */
export function alone(
  rolling: Rolling,
  some: readonly Candidate[],
  then: Then,
  stages: readonly StageDraft[],
): StageDraft[] {
  return stages.map((one) => ({ ...one, steps: marked(rolling, some, then, one.steps) }))
}

/** The same of steps. */
export function marked(
  { spec, pool }: Rolling,
  some: readonly Candidate[],
  then: Then,
  steps: readonly StepDraft[],
): StepDraft[] {
  if (spec.maxFailures === 0) return [...steps]
  return steps.map((step) => {
    const server = serverOf(step, some)
    if (server === undefined) return step
    return {
      ...step,
      lot: { name: `${pool.name}/${server}`, ...(then === 'goes back' && { goesBack: true as const }) },
    }
  })
}

/** Which of the servers a step is about: by its seat or seats, or by its name. */
function serverOf({ input }: StepDraft, some: readonly Candidate[]): string | undefined {
  const { seat, seats, server } = input as { seat?: Seat; seats?: readonly Seat[]; server?: string }
  const place = seat ?? seats?.[0]
  // In another pool it may have another server's name.
  const isOf = ({ seats: own, server: { name } }: Candidate) =>
    place === undefined
      ? name === server
      : own.some((one) => one.seat.backend === place.backend && one.seat.server === place.server)
  return some.find(isOf)?.server.name
}
