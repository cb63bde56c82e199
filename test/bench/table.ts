import { fastest, median } from './timing.ts'

/** One row: what was measured, against what, and how many times as long it may take. */
export interface Row {
  readonly what: string
  readonly took: readonly number[]
  readonly against?: { readonly took: readonly number[]; readonly goal: string }
}

/** Rows as aligned lines: medians, the fastest in brackets, and the ratio of both to what they are held against. */
export function ratios(title: string, rows: readonly Row[]): string {
  const lines = rows.map(({ what, took, against }) => {
    const time = `${ms(median(took))} (${ms(fastest(took))})`
    if (against === undefined) return `  ${what.padEnd(58)} ${time.padStart(20)}`
    const ratio = `${times(median(took), median(against.took))} (${times(fastest(took), fastest(against.took))})`
    return `  ${what.padEnd(58)} ${time.padStart(20)}   ${ratio.padEnd(16)} goal ${against.goal}`
  })
  return [title, ...lines, ''].join('\n')
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

function times(value: number, base: number): string {
  return `${(value / base).toFixed(2)} x`
}
