import type { Event } from '../engine/events.ts'
import type { Stage } from '../engine/plan.ts'
import { cleanLine } from './clean.ts'
import { startLiveLine, type LiveLine } from './live-line.ts'
import { legible, pageFor, type Page } from './page.ts'
import type { Colour, Paint } from './paint.ts'
import { lookUp, type PlanLookup } from './plan-lookup.ts'
import type { Describe } from './plan-text.ts'
import { makeStageTale, type Mark, type StageTale, type StepEvent } from './stage-tale.ts'
import type { View } from './view.ts'
import { askingText, wordText } from './word-text.ts'

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
}

/**
 * A run on a terminal: one line a stage, which moves while the stage goes on and stays when it is over; one more for each
 * stage that is put back. Events are drawn in the order in which they come, one line at a time.
 */
export function terminalView(
  describe: Describe,
  stream: NodeJS.WriteStream,
  { env = process.env, now = Date.now }: Partial<Surroundings> = {},
): View {
  const screen = new Screen(describe, stream, { env, now })
  let tail: Promise<void> = Promise.resolve()
  let broken = false
  const queue = (draw: () => Promise<void> | void): void => {
    tail = tail.then(async () => {
      if (!broken) await draw()
    })
    tail = tail.catch((error: unknown) => {
      broken = true
      stream.write(`zdt cannot draw any more: ${String(error)}\n`)
    })
  }
  return {
    event: (event) => {
      queue(() => screen.draw(event))
    },
    note: (text) => {
      queue(() => screen.note(text))
    },
    settled: () => {
      queue(() => screen.end())
      return tail
    },
  }
}

class Screen {
  private readonly describe: Describe
  private readonly stream: NodeJS.WriteStream
  private readonly around: Surroundings
  private lookup: PlanLookup | undefined
  private current:
    | { stage: Stage; going: 'forth' | 'back'; tale: StageTale; line: LiveLine; noted: string; stays: boolean }
    | undefined
  /** Stages that are done. After a question their guards are asked again: that they still hold is no news. */
  private readonly over = new Set<number>()
  /** When the last thing happened on a host; what a person took to answer is not what a stage took. */
  /** Steps that are being put back, which may wait as well. */
  private readonly goingBack = new Set<string>()
  private last = 0

  constructor(describe: Describe, stream: NodeJS.WriteStream, around: Surroundings) {
    this.describe = describe
    this.stream = stream
    this.around = around
  }

  async draw(event: Event): Promise<void> {
    if (event.event === 'run') {
      this.lookup = lookUp(event.plan, this.describe)
    } else if (event.event === 'stage') {
      this.last = event.at
      await this.begin(this.lookup?.stage(event.number), 'forth', event.at)
    } else if (event.event === 'stage-end') {
      this.last = event.at
      this.over.add(event.number)
      this.current?.tale.done()
      await this.end()
    } else if (event.event === 'word') {
      this.note(wordText(event), true)
    } else if (event.event === 'asking') {
      await this.end()
      // A person at this terminal is asked by the question itself.
      if (event.timeout !== undefined) this.note(askingText(event, this.lookup?.plan.id ?? 'RUN'))
    } else if (event.event === 'answer' || event.event === 'end') {
      await this.end()
    } else if (
      event.event === 'resumed' ||
      event.event === 'rolling-back' ||
      event.event === 'adopted' ||
      event.event === 'odd'
    ) {
      // The operator has typed the one, and is asked about the other.
      await this.end()
    } else {
      this.last = event.at
      const place = this.lookup?.step(event.step)?.stage
      if (event.event === 'verified' && place !== this.current?.stage && this.over.has(place?.number ?? 0)) return
      if (event.event === 'undoing') this.goingBack.add(event.step)
      const back = this.goingBack.has(event.step) || event.event === 'undone' || event.event === 'undo-failed'
      const begun = await this.begin(place, back ? 'back' : 'forth', event.at, event)
      if (!begun) this.current?.tale.take(event)
    }
  }

  /** `stays`: also when the line under which it stands has ended. */
  note(text: string, stays = false): void {
    if (this.current) Object.assign(this.current, { noted: text, stays })
    else this.stream.write(`${legible(cleanLine(text), this.page())}\n`)
  }

  async end(): Promise<void> {
    if (!this.current) return
    const { tale, line, noted, stays } = this.current
    this.current = undefined
    const page = this.page()
    const { mark, text } = tale.final(this.last, page)
    const colour = colourOf(mark, page.paint)
    const [head = '', ...rest] = text.split('\n')
    const loud = mark === '✔' ? head : colour(head)
    await line.end(colour(legible(mark, page)), [loud, ...rest].join('\n'))
    if (stays) this.note(noted)
  }

  /** Goes on with the line of this stage, or ends the one before and starts another, which begins with `first`: then true. */
  private async begin(
    stage: Stage | undefined,
    going: 'forth' | 'back',
    at: number,
    first?: StepEvent,
  ): Promise<boolean> {
    if (!stage || (this.current?.stage === stage && this.current.going === going)) return false
    await this.end()
    const tale = makeStageTale(stage, going, at)
    if (first) tale.take(first)
    const started: { noted: string; stays: boolean } = { noted: '', stays: false }
    const { paint } = this.page()
    const line = await startLiveLine(this.stream, {
      say: () => {
        const page = this.page()
        const noted = started.noted === '' ? '' : `\n   ${page.paint.yellow(legible(cleanLine(started.noted), page))}`
        return tale.live(this.around.now(), page) + noted
      },
      unicode: paint.unicode,
      paint: paint.yellow,
    })
    this.current = Object.assign(started, { stage, going, tale, line })
    return true
  }

  /** Asked anew each time: a terminal may be resized. listr2 takes four columns for the mark and its indentation. */
  private page(): Page {
    const { width, paint } = pageFor(this.stream, this.around.env)
    return { width: Math.max(20, width - 4), paint }
  }
}

function colourOf(mark: Mark, { green, red, yellow }: Paint): Colour {
  return mark === '✔' ? green : mark === '✖' ? red : yellow
}
