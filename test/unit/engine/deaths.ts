import type { Event, Happening } from '../../../src/engine/events.ts'
import { carryOut } from '../../../src/engine/carry-out.ts'
import { foreseeResume, foreseeRollback, type Foreseen } from '../../../src/engine/foresee.ts'
import { historyOf } from '../../../src/engine/history.ts'
import { resume, rollback } from '../../../src/engine/resume.ts'
import { planOf, processOn, type Answers, type Around, type Ran, type World } from './world.ts'
import type { StepDraft } from '../../../src/engine/plan.ts'

type Stages = readonly (readonly StepDraft[])[]
type Death = { readonly when: 'before' | 'after'; readonly event: number }

/** A run that is killed, and the processes that come after it, all in one journal. */
export class Journaled {
  readonly world: World
  readonly happenings: Happening[]

  private constructor(world: World, happenings: Happening[]) {
    this.world = world
    this.happenings = happenings
  }

  /** Runs stages until it dies, or to the end. */
  static async run(
    world: World,
    stages: Stages,
    dies?: Death,
    {
      approvals,
      answers = {},
      ...around
    }: Around & { readonly approvals?: readonly number[]; readonly answers?: Answers } = {},
  ): Promise<Journaled> {
    const made = planOf(stages, approvals)
    const journal: Happening[] = [{ event: 'run', plan: made, operator: 'oncall@ops1', pid: 1 }]
    const one = new Journaled(world, journal)
    await one.process((engine) => carryOut(made, engine), answers, dies, around)
    return one
  }

  /** All that was kept, with a time. */
  get events(): Event[] {
    return this.happenings.map((happening, index) => ({ at: index, ...happening }))
  }

  resume(answers: Answers = {}, dies?: Death, around: Around = {}): Promise<Ran | 'died'> {
    const { events } = this
    this.happenings.push({ event: 'resumed', operator: 'oncall@ops2', pid: 2 })
    return this.process((engine) => resume(events, engine), answers, dies, around)
  }

  rollback(answers: Answers = {}, dies?: Death, around: Around = {}): Promise<Ran | 'died'> {
    const { events } = this
    this.happenings.push({ event: 'rolling-back', operator: 'oncall@ops2', pid: 2 })
    return this.process((engine) => rollback(events, engine), answers, dies, around)
  }

  /** What would be done, by the kinds of the world and its hosts; nobody may write a journal then. */
  async foresee(way: 'resume' | 'rollback', answers: Answers = {}): Promise<Foreseen> {
    const { events } = this
    this.world.log.length = 0
    let foreseen: Foreseen | undefined
    const work: Parameters<typeof processOn>[3] = async (engine) => {
      const looks = { ...engine, record: () => Promise.resolve() }
      foreseen = await (way === 'resume' ? foreseeResume : foreseeRollback)(events, looks)
      return { plan: historyOf(events).plan, ended: 'already', left: [] }
    }
    await processOn(this.world, answers, {}, work, [])
    if (!foreseen) throw new Error('nothing was foreseen')
    return foreseen
  }

  private async process(
    work: Parameters<typeof processOn>[3],
    answers: Answers,
    dies: Death | undefined,
    around: Around = {},
  ): Promise<Ran | 'died'> {
    this.world.log.length = 0
    const ran = await processOn(this.world, answers, dies ? { ...around, dies } : around, work, this.happenings)
    if (ran !== 'died') this.happenings.push({ event: 'end', ended: ran.ended, left: ran.left })
    return ran
  }
}

/** Every moment at which a run of so many events may die: before each is kept, and after. */
export function deaths(events: number): Death[] {
  return Array.from({ length: events }, (_, index) => index + 1).flatMap((event) => [
    { when: 'before', event },
    { when: 'after', event },
  ])
}
