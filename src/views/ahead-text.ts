import type { Foreseen } from '../engine/foresee.ts'
import { clean } from './clean.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import { planText, type Describe } from './plan-text.ts'

/** What going on with a run, or taking it back, would do: the steps that are left, with every command, as the hosts are now. */
export function foreseenText({ stages, commands, note }: Foreseen, describe: Describe, page: Page): string {
  if (note !== undefined) return finish(wrap(`There is nothing to do: ${note}.`, page.width), page)
  const steps = planText({ stages }, describe, page, { commands: commands.length === 0 })
  const back = commands.map((command, index) => `  ${index + 1}. ${clean(command).replaceAll('\n', '\n     ')}`)
  return steps + finish(back.length > 0 ? ['', 'by these commands, in this order:', ...back] : [], page)
}
