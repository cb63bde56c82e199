import type { Plan } from '../../../src/engine/plan.ts'
import { stepKinds } from '../../../src/steps/index.ts'
import { prepare, type Lane } from './lane.ts'
import type { Operation } from './operations.ts'

/** A moment of a run: so many milliseconds after an event of it was told. */
export interface Moment {
  readonly event: string
  /** Of which step, by id; of steps side by side any may be the first to come there. */
  readonly steps?: readonly string[]
  /** 0 is a boundary: nothing of what follows has begun. More is the middle of it. */
  readonly after: number
  readonly host: string
  readonly title: string
}

/** How long after `applying` a step is in its middle: when its command is sent, under way, and done but not seen. */
const middles = [5, 50, 300] as const

/** Every boundary between what an operation does, and the middle of each step, by its plan in a dry run. */
export async function momentsOf(operation: Operation, lane: Lane): Promise<Moment[]> {
  await prepare(lane, operation)
  const { stdout } = await lane.zdt([...(await operation.argv(lane.lab)), '--dry-run', '--json'])
  const { plan } = JSON.parse(stdout) as { plan: Plan }
  const { host } = operation
  return [
    { event: 'run', after: 0, host, title: 'run' },
    ...plan.stages.flatMap(({ number, steps }): Moment[] => {
      const [first] = steps
      if (!first) return []
      const of = (event: string, after: number): Moment => {
        const title = `${event} ${first.kind} in stage ${number}${after > 0 ? ` + ${after} ms` : ''}`
        return { event, steps: steps.map(({ id }) => id), after, host: first.host, title }
      }
      // Between `verified` and the next stage nothing happens but an answer.
      return [...inside(stepKinds.get(first.kind)?.flavour ?? 'guard', of), of('verified', 0)]
    }),
    { event: 'end', after: 0, host, title: 'end' },
  ]
}

function inside(flavour: 'change' | 'wait' | 'guard', of: (event: string, after: number) => Moment): Moment[] {
  if (flavour === 'guard') return []
  if (flavour === 'wait') return [of('waiting', 0), of('waiting', 50)]
  return [of('observed', 0), of('applying', 0), ...middles.map((after) => of('applying', after))]
}
