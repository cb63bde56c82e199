import type { RunbookStep } from '../fleet/runbook/runbook.ts'
import { quote } from '../lib/quote.ts'
import { cleanLine } from './clean.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'

/** The steps of a runbook by their numbers: what is typed for each, what it asks, and the hooks around it. */
export function runbookText(
  title: string,
  steps: readonly { readonly number: number; readonly step: RunbookStep }[],
  page: Page,
): string {
  const { paint, width } = page
  const hooks = (when: string, all: RunbookStep['before']) =>
    all.flatMap(({ argv }) => wrap(cleanLine(`${when}: ${quote(argv)}`), width, '     ', '       ').map(paint.dim))
  return finish(
    [
      ...wrap(cleanLine(title), width).map(paint.bold),
      '',
      ...steps.flatMap(({ number, step: { name, zdt, approve, before, after } }) => {
        const words = zdt ? quote(['zdt', ...zdt]) : `asks: ${approve ?? name}`
        return [
          ...wrap(cleanLine(name), width, `${String(number).padStart(3)}  `),
          ...hooks('before', before),
          ...wrap(cleanLine(words), width, '     ', '       '),
          ...hooks('after', after),
        ]
      }),
    ],
    page,
  )
}
