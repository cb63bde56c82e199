import type { Event } from '../engine/events.ts'
import type { Plan } from '../engine/plan.ts'
import type { Result } from '../engine/result.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { NotifySpec } from '../fleet/notify.ts'
import { atMost } from '../lib/at-most.ts'
import type { Millis } from '../lib/types.ts'
import { secretsOf } from '../operations/secrets.ts'
import { describeStep } from '../steps/index.ts'
import { lastNotice, noticeOf, type Notice } from '../views/notice.ts'
import { lookUp } from '../views/plan-lookup.ts'

/** Tells the fleet's webhooks of a run. Nothing here holds a run up, or fails it. */
export interface Notices {
  follow(event: Event): void
  /** Tells how it came out, and waits a little for what is on its way. */
  end(result: Result): Promise<void>
}

/** How long one webhook may take for an answer, and how long all of them hold up the end. */
const patience: Millis = 5000

/** Undefined where zdt.yaml names no webhook. `say` is told once of each that cannot be reached. */
export function openNotices(
  fleet: Fleet,
  about: { readonly plan: Plan; readonly operator: string },
  say: (text: string) => void,
): Notices | undefined {
  if (fleet.notify.length === 0) return undefined
  const { plan, operator } = about
  const lookup = lookUp(plan, describeStep)
  const secret = secretsOf(fleet)
  const lines = fleet.notify.map((spec) => new Line(spec, secret, say))
  const tell = (notice: Notice): void => {
    const whole = {
      fleet: fleet.name,
      run: plan.id,
      title: plan.title,
      operator,
      at: new Date().toISOString(),
      ...notice,
    }
    const text = `${fleet.name}: ${plan.title} (run ${plan.id}): ${notice.text}`
    for (const line of lines) line.tell({ json: whole, slack: { text } })
  }
  return {
    follow: (event) => {
      const notice = noticeOf(event, lookup)
      if (notice) tell(notice)
    },
    end: async (result) => {
      tell(lastNotice(result))
      await atMost(patience, Promise.all(lines.map((line) => line.idle())))
    },
  }
}

/** One webhook: told one thing after the other, in their order. */
class Line {
  private readonly spec: NotifySpec
  private readonly secret: (name: string) => Promise<string>
  private readonly say: (text: string) => void
  private last: Promise<void> = Promise.resolve()
  private complained = false

  constructor(spec: NotifySpec, secret: (name: string) => Promise<string>, say: (text: string) => void) {
    this.spec = spec
    this.secret = secret
    this.say = say
  }

  tell(forms: { readonly [form in NotifySpec['form']]: object }): void {
    const body = JSON.stringify(forms[this.spec.form])
    this.last = this.last.then(() => this.post(body)).catch((error: unknown) => this.complain(error))
  }

  idle(): Promise<void> {
    return this.last
  }

  private async post(body: string): Promise<void> {
    const { to } = this.spec
    const url = 'url' in to ? to.url : await this.secret(to.secret)
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(patience),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`it says ${answer.status}`)
  }

  /** Once, and without the URL where that is a secret. */
  private complain(error: unknown): void {
    if (this.complained) return
    this.complained = true
    const { to } = this.spec
    const who = 'url' in to ? to.url : `the webhook ${to.secret}`
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined
    const own = 'url' in to && error instanceof Error ? error.message : 'it cannot be reached'
    this.say(`⚠ ${who} is not told of this run: ${'url' in to ? (cause ?? own) : own}`)
  }
}
