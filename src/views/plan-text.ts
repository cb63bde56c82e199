import type { Plan, Stage, Step } from '../engine/plan.ts'
import type { Description } from '../engine/step-kind.ts'
import { cleanLine } from './clean.ts'
import { names, pad, widthOf, wrap } from './lines.ts'
import { finish, type Page } from './page.ts'

/** What a step says of itself: its kind's `describe`, looked up by whoever knows the kinds. */
export type Describe = (step: Step) => Description

/**
 * The numbered stages of a plan, each with its hosts. With `commands` also every command as it will be given, by host:
 * for `--dry-run` and "show commands". Commands are never broken, so that they can be copied.
 */
export function planText(
  plan: Pick<Plan, 'stages'>,
  describe: Describe,
  page: Page,
  { commands = false }: { readonly commands?: boolean } = {},
): string {
  const { width, paint } = page
  const digits = String(Math.max(0, ...plan.stages.map(({ number }) => number))).length
  const hosts = plan.stages.map((stage) => names(stageHosts(stage), Math.max(12, Math.floor(width / 3))))
  const widest = Math.max(0, ...hosts.map(widthOf))
  return finish(
    plan.stages.flatMap((stage, index) => {
      const lead = `  ${String(stage.number).padStart(digits)}  `
      const title = cleanLine(stage.title)
      const beside = `${lead}${pad(hosts[index] ?? '', widest)}   `
      // A title that would be squeezed into a few columns goes under its hosts instead.
      const narrow = width - widthOf(beside) < Math.min(20, widthOf(title))
      const head = narrow
        ? [lead + (hosts[index] ?? ''), ...wrap(title, width, ' '.repeat(widthOf(lead) + 2))]
        : wrap(title, width, beside)
      return [...head, ...(commands ? stageCommands(stage, describe, widthOf(lead) + 2).map(paint.dim) : [])]
    }),
    page,
  )
}

/** A stage's hosts, each once. */
export function stageHosts({ steps }: Stage): string[] {
  return [...new Set(steps.map(({ host }) => host))]
}

/** Hosts that are given the same commands are named together. */
function stageCommands(stage: Stage, describe: Describe, indent: number): string[] {
  const byCommands = new Map<string, string[]>()
  for (const step of stage.steps) {
    const { commands, title } = describe(step)
    const text = commands.length > 0 ? commands.join('\n') : `(${title}: only looks)`
    byCommands.set(text, [...(byCommands.get(text) ?? []), step.host])
  }
  const widest = Math.max(0, ...[...byCommands.values()].map((hosts) => widthOf(names([...new Set(hosts)], 24))))
  return [...byCommands].flatMap(([text, hosts]) =>
    text.split('\n').map((line, index) => {
      const who = index === 0 ? names([...new Set(hosts)], 24) : ''
      return `${' '.repeat(indent)}${pad(who, widest)}  ${line}`
    }),
  )
}
