import type { ZdtError } from '../lib/errors.ts'
import type { Exit } from '../lib/exit-codes.ts'
import { clean } from './clean.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import { nextLines, saidLines } from './said.ts'

const began: { readonly [exit in Exit]?: string } = {
  refused: 'refused: ',
  locked: 'locked: ',
  bug: 'a bug in zdt: ',
}

const untouched: ReadonlySet<Exit> = new Set<Exit>(['usage', 'refused', 'locked', 'interrupted'])

/** An error that ended zdt outside a run: what happened, on which host, its own words, and what to do next. */
export function errorText(error: ZdtError, page: Page): string {
  const { paint, width } = page
  const [first = '', ...more] = clean(error.message).split('\n')
  const where = error.host && !error.message.includes(error.host) ? `${error.host}: ` : ''
  const [head = '', ...rest] = wrap(`${began[error.exit] ?? ''}${where}${first}`, width, '✖ ')
  return finish(
    [
      paint.red(head),
      ...rest,
      // All mistakes of a file come in one message, one a line; what is indented is to be copied as it is.
      ...more.flatMap((line) => (/^\s/.test(line) ? [`  ${line}`] : wrap(line, width, '  '))),
      ...saidLines(error, page),
      ...(untouched.has(error.exit) ? ['  Nothing was changed.'] : []),
      ...nextLines(error, page),
    ],
    page,
  )
}
