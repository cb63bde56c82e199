import type { LeftWord } from '../operations/leave-word.ts'
import { cleanLine } from './clean.ts'
import { finish, type Page } from './page.ts'

/** What `zdt pause`, `abort` and `promote` have come to, in one line. */
export function leftWordText({ run, title, verb, number, host, heard }: LeftWord, { paint, ...page }: Page): string {
  const comes = {
    pause: 'is told to pause: it finishes the step in hand',
    abort: 'is told to abort: it puts back what it did',
    promote: `is promoted: it goes on with step ${number ?? '?'}`,
  }[verb]
  const whose = `run ${run} (${cleanLine(title)})`
  if (heard) return finish([paint.green(`✔ ${whose} ${comes}`)], { paint, ...page })
  const yet = `${verb} is left on ${host} for ${whose}, and not heard yet: within 10 s, if its zdt lives`
  return finish([paint.yellow(`⚠ ${yet}`)], { paint, ...page })
}
