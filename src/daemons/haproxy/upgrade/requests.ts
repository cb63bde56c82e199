import type { Host } from '../../../hosts/host.ts'
import { showFrontends } from '../commands.ts'
import type { AskOptions } from '../conversation.ts'
import { ask } from '../runtime.ts'
import { numberOf, parseCsv, textOf } from '../tables.ts'

/** What the frontends of one worker have answered since it started. Plain data. */
export type Answers = {
  readonly total: number
  readonly errors: number
}

/** Of fewer errors than that nothing can be told: a client's odd request may be one. */
const fewest = 5

/** Reads `show stat`: the answers of HTTP frontends, and those of them that are 5xx (management guide §9.1). */
export function parseAnswers(stat: string): Answers {
  const frontends = parseCsv(stat).filter((row) => textOf(row, 'svname') === 'FRONTEND')
  const sum = (columns: readonly string[]) =>
    frontends.flatMap((row) => columns.map((column) => numberOf(row, column) ?? 0)).reduce((a, b) => a + b, 0)
  const classes = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'].map((one) => `hrsp_${one}`)
  return { total: sum(classes), errors: sum(['hrsp_5xx']) }
}

/** Asks the current worker. Throws what `ask` throws. */
export async function answersOn(host: Host, socket: string, options?: AskOptions): Promise<Answers> {
  const [stat = ''] = await ask(host, socket, [showFrontends()], options)
  return parseAnswers(stat)
}

/** The share of 5xx, in percent; 0 where nothing was answered. */
export function shareOf({ total, errors }: Answers): number {
  return total === 0 ? 0 : (100 * errors) / total
}

/** In words: `0.2 % of 8,231 answers are 5xx`. */
export function answersInWords(answers: Answers): string {
  if (answers.total === 0) return 'nothing was answered yet'
  return `${shareOf(answers).toFixed(1)} % of ${answers.total.toLocaleString('en')} answers are 5xx`
}

/** Are there more 5xx than before, by more than `allowed` percent of all? Pure. */
export function worse(before: Answers, now: Answers, allowed: number): boolean {
  return now.errors >= fewest && shareOf(now) > shareOf(before) + allowed
}
