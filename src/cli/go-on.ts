import type { Engine } from '../engine/course.ts'
import type { Event } from '../engine/events.ts'
import { ahead } from '../engine/foresee.ts'
import { historyOf, isDone, type History } from '../engine/history.ts'
import type { Ended, Outcome } from '../engine/outcome.ts'
import type { Plan } from '../engine/plan.ts'
import { overAlready, resume, rollback } from '../engine/resume.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { describeStep } from '../steps/index.ts'
import { stageConfig } from '../steps/config/stage-config.ts'
import type { Says } from '../engine/says.ts'
import { checked } from '../hosts/lease/scope.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Exit } from '../lib/exit-codes.ts'
import { when } from '../lib/when.ts'
import { refuseChangedSince } from '../operations/changed-since.ts'
import { refuseReliedOn } from '../operations/relied-on.ts'
import { pageFor } from '../views/page.ts'
import { planText } from '../views/plan-text.ts'
import { askFirst } from './ask-first.ts'
import { catchUp } from './catch-up.ts'
import type { Stand } from './conduct.ts'
import type { RunFlags } from './flags.ts'
import { operatorName } from './operator-name.ts'
import { refuseWithoutTerminal } from './refuse-without-terminal.ts'
import { runDryAgain, stepsAhead } from './run-dry-again.ts'
import type { RunbookStand } from './runbook/sitting.ts'
import { isRunbook } from './runbook/steps.ts'
import { say } from './say.ts'
import { claimsOfRun, theRun } from './the-run.ts'
import type { Sitting } from './sitting.ts'
import { underLocks } from './under-locks.ts'

/** The two ways to take up a run again. */
const ways = {
  resume: { event: 'resumed', go: resume },
  rollback: { event: 'rolling-back', go: rollback },
} as const satisfies Record<
  string,
  { event: string; go: (events: readonly Event[], engine: Engine) => Promise<Outcome> }
>

type Begun = Extract<Event, { event: 'run' }>

/**
 * Goes on with a run of this machine, or takes it back, under its locks and in its journal. `beside`: runs that are taken back
 * together with it. Returns the exit code's name.
 */
export async function goOn(
  name: string,
  way: keyof typeof ways,
  stand: Stand & Partial<RunbookStand>,
  { beside = new Set() }: { readonly beside?: ReadonlySet<string> } = {},
): Promise<Exit> {
  const { fleet, hosts } = stand
  const { id, begun, events, past } = await theRun(name, fleet, hosts)
  const { plan } = begun
  const { verbOf } = stand
  if (isRunbook(plan) && verbOf) {
    const { goOnRunbook } = await import('./runbook/go-on.ts')
    return goOnRunbook({ begun, events, way, stand: { ...stand, verbOf } })
  }
  const history = historyOf(events)
  refusePutBack(way, history)
  const asking = { run: id, at: begun.at, fleet: begun.fleet, beside }
  const refuse = way === 'resume' ? refuseChangedSince : refuseReliedOn
  await refuse(asking, history, past, () => stepsAhead(way, events, stand))
  // After that: who is told to add --yes should not learn then that there is no such run.
  refuseWithoutTerminal(stand.flags, { mayRunDry: true })
  if (stand.flags['dry-run']) return runDryAgain(way, plan, events, stand)
  const claims = claimsOfRun(begun)
  claims.forEach(({ scopes }) => scopes.forEach(checked))
  if (!stand.flags.events) say(aheadOf(way, begun, history))
  if (!stand.flags.yes && way === 'rollback') await askFirst('Take back what it did, the last change first?', false)
  const flags = probedAsBegun(stand.flags, begun)

  return underLocks({ ...stand, flags }, { id, title: `${way} ${plan.title}`, claims }, async (view) => {
    const { event, go } = ways[way]
    // Read again under the lock: whoever had it may have written on, here or on another machine.
    await catchUp(id, hosts, claims)
    const again = await theRun(name, fleet, hosts)
    const history = again.events
    refusePutBack(way, historyOf(history))
    await refuse(asking, historyOf(history), again.past, () => stepsAhead(way, history, stand))
    // Views know the plan by it.
    view.event(begun)
    const sitting: Sitting = {
      plan,
      says: saysOf(way, plan, begun.says),
      begin: { event, operator: operatorName(), pid: process.pid },
      mode: 'append',
      history,
      goal: way === 'resume' ? 'done' : 'put-back',
      text: await textsOf(plan, fleet, hosts),
      go: (engine) => go(history, engine),
    }
    return { sitting }
  })
}

const overIn: { readonly [each in Ended]?: string } = { done: 'it is done', 'put-back': 'it was put back' }

/** Which run that is, a name being soon mistyped, and what is ahead by its journal; the hosts are looked at when it goes on. */
function aheadOf(way: keyof typeof ways, begun: Begun, history: History): string {
  const { plan, operator, at } = begun
  const done = plan.stages.filter(({ steps }) => steps.every(({ id }) => isDone(history, id)))
  const how =
    overIn[history.ended ?? 'left'] ?? `${done.length} of ${plan.stages.length} steps are done, says its journal`
  const which = `run ${plan.id}: ${plan.title}, begun ${when(at)} by ${operator}; ${how}`
  const stages = way === 'resume' && overAlready(history) !== undefined ? [] : ahead(history, way)
  return stages.length === 0 ? which : `${which}\n\n${planText({ stages }, describeStep, pageFor(process.stderr))}`
}

/** The same traffic as beside the run when it was begun, where nothing else is said. */
function probedAsBegun(flags: RunFlags, { probe }: Begun): RunFlags {
  if (flags.probe !== undefined || probe === undefined) return flags
  return { ...flags, probe: probe.url, 'max-lost': flags['max-lost'] ?? probe.maxLost }
}

/** Rendering is loaded only for a run that brings texts to its hosts. */
async function textsOf(plan: Plan, fleet: Fleet, hosts: Hosts): Promise<NonNullable<Sitting['text']>> {
  if (!plan.stages.some(({ steps }) => steps.some(({ kind }) => kind === stageConfig.kind))) {
    return () => Promise.resolve(undefined)
  }
  const { textsAgain } = await import('../operations/config/texts-again.ts')
  return textsAgain(plan, fleet, hosts)
}

function saysOf(way: keyof typeof ways, { title }: Plan, says: Says | undefined): Says {
  const said = says ?? { done: `${title} is done`, already: `${title}: there is nothing to do`, onTimeout: 'put-back' }
  return way === 'resume' ? said : { done: said.done, already: said.already, onTimeout: 'leave' }
}

/** What was put back has nothing left that could be gone on with. */
function refusePutBack(way: keyof typeof ways, { ended, plan }: History): void {
  if (way !== 'resume' || ended !== 'put-back') return
  throw new ZdtError(`run ${plan.id} (${plan.title}) was put back: there is nothing to go on with; begin it anew`, {
    code: 'was-put-back',
    exit: 'refused',
    suggestions: [`zdt runs show ${plan.id}   # what became of it`],
  })
}
