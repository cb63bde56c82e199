import { ZdtError } from '../lib/errors.ts'
import type { Millis } from '../lib/types.ts'
import { allAlready, recordAlready } from './all-already.ts'
import type { Course, Verdict } from './course.ts'
import type { Stage, Step } from './plan.ts'
import { giveUp } from './give-up.ts'
import { leaveOut } from './leave-out.ts'
import { sideBySide, type Ends } from './side-by-side.ts'
import { asZdtError, told } from './told.ts'

/** Runs stages one after the other, asking before each that changes something. Never throws once something is changed. */
export async function runStages(course: Course, stages: readonly Stage[]): Promise<Verdict> {
  for (const each of stages) {
    const stage = { ...each, steps: each.steps.filter((step) => !course.isOut(step)) }
    if (stage.steps.length === 0) continue
    try {
      const verdict = await new StageRun(course, stage).run()
      if (verdict) return verdict
    } catch (thrown) {
      if (course.engine.stop.aborted) return { ended: course.touched ? 'interrupted' : 'untouched' }
      if (!course.touched) throw thrown
      return { ended: 'left', error: asZdtError(thrown, '') }
    }
  }
  return { ended: course.touched ? 'done' : 'already' }
}

/** One stage, and what the operator decides about it. */
class StageRun {
  private readonly course: Course
  private readonly stage: Stage

  constructor(course: Course, stage: Stage) {
    this.course = course
    this.stage = stage
  }

  /** Undefined when the stage is done and the next may follow. */
  async run(): Promise<Verdict | undefined> {
    const { course, stage } = this
    const { operator, pause, stop } = course.engine
    if (pause.aborted) return course.interrupted()
    const founds = this.changes && operator.attended ? await allAlready(stage, course) : undefined
    if (founds) {
      await recordAlready(stage, founds, course)
      return course.journalLost && this.paused(course.journalLost)
    }
    if (stage.asks) for (const step of stage.steps) await course.mayBeAway(step, true)
    const asks = stage.approval && (operator.attended || operator.waits !== undefined)
    if (asks) await this.tellAsking(operator.waits)
    const answer =
      this.changes || stage.asks ? await this.ask('run', () => operator.confirm(stage, course.touched)) : 'yes'
    if (answer === 'pause') return pause.aborted ? course.interrupted() : this.paused()
    if (answer === 'put-back') return giveUp(course)
    const outdated = this.changes && (operator.attended || asks) ? await this.guardAgain() : undefined
    if (outdated) return outdated
    await course.record({ event: 'stage', number: stage.number })
    let pending: readonly Step[] = stage.steps
    for (;;) {
      // A journal that cannot be written: the steps in hand are finished, and nothing is begun.
      if (course.journalLost) return this.paused(course.journalLost)
      const ends = await sideBySide(pending, course)
      stop.throwIfAborted()
      if (ends.failed.length === 0 && ends.late.length === 0) break
      if (course.journalLost) continue
      const leftOut = await leaveOut(ends, course, (error) => this.decide(error))
      const verdict = leftOut === true ? undefined : leftOut || (await this.unfinished(ends))
      if (verdict) return verdict
      pending = [...ends.failed, ...ends.late].flatMap(({ step }) => (course.isOut(step) ? [] : [step]))
    }
    await course.record({ event: 'stage-end', number: stage.number })
    return course.journalLost && this.paused(course.journalLost)
  }

  /** Whoever may say yes from elsewhere learns of it by the journal. */
  private tellAsking(timeout: Millis | undefined): Promise<void> {
    const { number, title, asks: question = title } = this.stage
    return this.course.record({ event: 'asking', number, question, ...(timeout !== undefined && { timeout }) })
  }

  /** While somebody was thinking, the world went on: what guards this stage is asked again. Undefined: it still holds. */
  private async guardAgain(): Promise<Verdict | undefined> {
    const guards = this.guardsBefore()
    for (;;) {
      const { failed } = await sideBySide(guards, this.course)
      this.course.engine.stop.throwIfAborted()
      const verdict = failed[0] && (await this.decide(failed[0].error))
      if (verdict || !failed[0]) return verdict
    }
  }

  /** The steps of the stages right before this one that do nothing but guard it. */
  private guardsBefore(): Step[] {
    const { course, stage } = this
    const before = course.plan.stages.filter(({ number }) => number < stage.number)
    const last = before.findLastIndex(({ steps }) => steps.some((step) => course.kind(step).flavour !== 'guard'))
    return before.slice(last + 1).flatMap(({ steps }) => steps)
  }

  /** Looking and waiting need no leave. */
  private get changes(): boolean {
    return this.stage.steps.some((step) => this.course.kind(step).flavour === 'change')
  }

  /** What becomes of steps that failed, or whose time is over. Undefined: they are run again. */
  private async unfinished({ failed, late }: Ends): Promise<Verdict | undefined> {
    if (failed[0]) return this.decide(failed[0].error)
    return this.course.engine.pause.aborted ? this.course.interrupted() : this.overtime(late)
  }

  private async decide(error: ZdtError): Promise<Verdict | undefined> {
    if (!this.course.touched) return { ended: 'untouched', error }
    const answer = await this.ask('failed', () => this.course.engine.operator.failed(this.stage, error))
    if (answer === 'pause') return this.paused(error)
    return answer === 'put-back' ? giveUp(this.course, error) : undefined
  }

  private async overtime(late: Ends['late']): Promise<Verdict | undefined> {
    const { course, stage } = this
    const awaiting = [...new Set(late.flatMap((one) => one.awaiting))]
    const kinds = late.map(({ step }) => course.kind(step))
    const force = kinds.flatMap((kind) => (kind.flavour === 'wait' && kind.force ? [kind.force.title] : []))[0]
    const overtime = { stage, awaiting, ...(force && { force }) }
    if (course.engine.operator.attended) await this.sustain(late.map(({ step }) => step))
    const answer = await this.ask('timed-out', () => course.engine.operator.timedOut(overtime), force ? { force } : {})
    if (answer === 'pause' || course.engine.abort?.aborted) return course.interrupted()
    const error = new ZdtError(`still awaited: ${awaiting.join('\n')}`, { code: 'timed-out', exit: 'left' })
    // Also where it was so already: what was waited for is still undone.
    if (answer === 'leave') return { ended: 'left', error }
    if (answer === 'put-back') return giveUp(this.course, error)
    return answer === 'force' ? this.force(late.map(({ step }) => step)) : undefined
  }

  /** Whoever thinks it over has as long again for it. */
  private async sustain(waits: readonly Step[]): Promise<void> {
    const { course } = this
    for (const step of waits) {
      const kind = course.kind(step)
      if (kind.flavour !== 'wait' || !kind.sustain) continue
      await kind.sustain(step.input, await course.changing(step.host))
    }
  }

  /** Does what ends waits by force. Undefined: they are looked at again. */
  private async force(waits: readonly Step[]): Promise<Verdict | undefined> {
    const { course } = this
    for (const step of waits) {
      const kind = course.kind(step)
      if (kind.flavour !== 'wait' || !kind.force) continue
      const started = Date.now()
      try {
        await course.record({ event: 'forced', step: step.id })
        course.forced = true
        const cut = await kind.force.apply(step.input, await course.changing(step.host))
        course.cutOff(cut)
        await course.record({ event: 'cut', step: step.id, cut })
      } catch (thrown) {
        course.engine.stop.throwIfAborted()
        if (course.journalLost) return this.paused(course.journalLost)
        const error = asZdtError(thrown, step.host)
        await course.record({ event: 'failed', step: step.id, took: Date.now() - started, error: told(error) })
        return this.decide(error)
      }
    }
    return undefined
  }

  /** `words`: how an answer was offered, where that is the step's own. */
  private async ask<A extends string>(
    asked: string,
    question: () => Promise<A>,
    words: { readonly [answer in A]?: string } = {},
  ): Promise<A> {
    const answer = await question()
    // Ended from elsewhere, it was never answered.
    if (answer === 'pause' && this.course.engine.pause.aborted) return answer
    const said = words[answer]
    const happening = { event: 'answer', number: this.stage.number, asked, answer } as const
    await this.course.record(said === undefined ? happening : { ...happening, words: said })
    return answer
  }

  private paused(error?: ZdtError): Verdict {
    return { ended: this.course.touched ? 'paused' : 'untouched', ...(error && { error }) }
  }
}
