import type { ShippedRunbook } from '../fleet/shipped-runbooks.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'

/** The runbooks that zdt brings along: what each is for, and how it is typed. */
export function runbooksText({ runbooks }: { readonly runbooks: readonly ShippedRunbook[] }, page: Page): string {
  const { paint, width } = page
  return finish(
    runbooks.flatMap(({ name, title, vars }) => {
      const words = Object.entries(vars).map(([key, value]) =>
        value === null ? `--var ${key}=…` : `[--var ${key}=${value}]`,
      )
      return [
        ...wrap(title, width).map(paint.bold),
        ...wrap(`zdt run ${[name, ...words].join(' ')}`, width, '  ', '      '),
      ]
    }),
    page,
  )
}
