import type { Demonstrated } from '../lab/demo.ts'
import type { Scene } from '../lab/demo/scenes.ts'
import { quote } from '../lib/quote.ts'
import type { Ledger } from '../probe/ledger.ts'
import { ledgerText, number, took } from './ledger-text.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import { table } from './table.ts'

/** A demo as it is told: the probes' ledgers, and what the judge says of each. */
export type Told = Pick<Demonstrated, 'load' | 'failed'> & {
  readonly ledgers: readonly Ledger[]
  readonly remarks: readonly string[]
}

/** The head of a scene: what it is about, and the command as one would type it. */
export function sceneText({ caption, argv }: Scene, number: number, page: Page): string {
  const { paint, width } = page
  const command = wrap(quote(argv), width, '$ ', '    ')
  return finish(['', ...wrap(caption, width, `${number}  `).map(paint.dim), ...command.map(paint.bold)], page)
}

/** What was sent through the whole demo and what was lost of it: a row for each probe, and one for wrk. */
export function demoText({ ledgers, load, failed, remarks }: Told, page: Page): string {
  const { paint, width } = page
  const loadLost = lostBy(load)
  const sent = ledgers.reduce((sum, { total }) => sum + total.sent, load.requests)
  const lost = ledgers.reduce((sum, { total }) => sum + total.lost, loadLost)
  const loss = (count: number) => (count > 0 ? paint.red(number(count)) : '0')
  const rows = [
    ...ledgers.map(({ url, rate, total }) => [
      `probe ${new URL(url).pathname}  ${rate} a second`,
      number(total.sent),
      loss(total.lost),
      total.p99 === null ? '-' : took(total.p99),
      took(total.longestGap),
    ]),
    ['wrk, keep-alive, to both', number(load.requests), loss(loadLost), took(load.p99), ''],
  ]
  const verdict = `${number(sent)} requests while all this was done, ${lost === 0 ? 'none' : number(lost)} lost`
  const heads = ['traffic through the VIP', 'sent', 'lost', 'p99', 'longest gap']
  const lines = [
    '',
    ...(failed ? wrap(`${quote(failed.scene.argv)} exited ${failed.code}`, width, '✖ ').map(paint.red) : []),
    ...wrap(verdict, width, lost === 0 ? '✔ ' : '✖ ').map(lost === 0 ? paint.green : paint.red),
    ...table(heads, rows, { width, paintHead: paint.dim }),
    ...remarks.flatMap((remark) => wrap(remark, width, '  ⚠ ')).map(paint.yellow),
  ]
  const details = ledgers.filter(({ total }) => total.lost > 0).map((ledger) => ledgerText(ledger, page))
  return finish(lines, page) + details.join('')
}

/** How many of wrk's requests came to nothing. */
export function lostBy({ lost }: Told['load']): number {
  return Object.values(lost).reduce((sum, count) => sum + count, 0)
}
