import type { Foreseen } from '../engine/foresee.ts'
import type { Plan } from '../engine/plan.ts'
import type { Result } from '../engine/result.ts'
import type { Exit } from '../lib/exit-codes.ts'
import type { Proposal } from '../operations/proposal.ts'
import type { Ledger } from '../probe/ledger.ts'
import { describeStep } from '../steps/index.ts'
import { foreseenText } from '../views/ahead-text.ts'
import { dryRunJson, foreseenJson, resultJson } from '../views/json.ts'
import { ledgerText } from '../views/ledger-text.ts'
import { pageFor } from '../views/page.ts'
import { planText } from '../views/plan-text.ts'
import { resultText } from '../views/result-text.ts'
import { situationText } from '../views/situation-text.ts'
import type { RunFlags } from './flags.ts'

/** The plan with every command, on stdout: all that a dry run does. */
export function showDryRun({ plan, situation, already }: Proposal, flags: RunFlags): Exit {
  const page = pageFor(process.stdout)
  if (flags.json || flags.events) {
    process.stdout.write(dryRunJson(situation, plan, describeStep))
    return 'ok'
  }
  const nothing = plan.stages.length === 0
  const commands = nothing ? `  ${already}\n` : planText(plan, describeStep, page, { commands: true })
  process.stdout.write(`${situationText(plan.title, situation, page)}\n${commands}\nDry run: nothing was touched.\n`)
  return 'ok'
}

/** What taking a run up again would do, on stdout. Returns the exit code's name. */
export function showForeseen(foreseen: Foreseen, plan: Plan, flags: RunFlags): Exit {
  if (flags.json || flags.events) {
    process.stdout.write(foreseenJson(foreseen, plan, describeStep))
    return 'ok'
  }
  const text = foreseenText(foreseen, describeStep, pageFor(process.stdout))
  process.stdout.write(`${plan.title}\n${text}\nDry run: nothing was touched.\n`)
  return 'ok'
}

/** Nothing was begun, so there is no run, no lock and no journal. */
export function showNothingToDo({ id, title }: Proposal['plan'], summary: string, { flags, told }: Telling): Exit {
  if (flags.events) {
    process.stdout.write(`${JSON.stringify({ at: Date.now(), event: 'end', ended: 'already', left: [], exit: 0 })}\n`)
  }
  showResult({ result: { run: id, title, ended: 'already', exit: 0, summary, left: [] } }, undefined, { flags, told })
  return 'ok'
}

/** How a result is told: by the flags, or to whom this is a part of something larger. */
interface Telling {
  readonly flags: { readonly json: boolean; readonly events: boolean }
  readonly told?: ((result: Result, ledger?: Ledger) => void) | undefined
}

/** A result, and where a run was begun what was seen before. */
interface Shown extends Partial<Pick<Proposal, 'situation' | 'plan'>> {
  readonly result: Result
}

/** The result on stdout, as text or as one JSON document; with `--events` the last event was it. */
export function showResult({ result, ...seen }: Shown, ledger: Ledger | undefined, { flags, told }: Telling): void {
  if (told) return told(result, ledger)
  if (flags.events) return
  if (flags.json) {
    process.stdout.write(resultJson(result, seen))
    return
  }
  const page = pageFor(process.stdout)
  process.stdout.write(resultText(result, page, ledger ? ledgerText(ledger, page) : ''))
}
