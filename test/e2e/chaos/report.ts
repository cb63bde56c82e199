import { writeFile } from 'node:fs/promises'
import { faults } from './faults.ts'
import type { Outcome } from './one-case.ts'
import { operations } from './operations.ts'

/** What was tried and what became of it, as a table in Markdown: one row an operation and fault. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = new Map<string, Outcome[]>()
  for (const one of outcomes.toSorted(byRow)) {
    const name = `${one.operation} | ${words[one.fault]}`
    rows.set(name, [...(rows.get(name) ?? []), one])
  }
  const lines = [...rows].map(([name, all]) => `| ${[name, ...cells(all)].join(' | ')} |`)
  const total = `| **all** |  | ${cells(outcomes).join(' | ')} |`
  return [...head, ...lines, total, ''].join('\n')
}

function byRow(a: Outcome, b: Outcome): number {
  const row = ({ operation, fault }: Outcome) =>
    operations.findIndex(({ name }) => name === operation) * faults.length + faults.indexOf(fault)
  return row(a) - row(b)
}

const words = {
  kill: 'SIGKILL',
  cut: 'ssh connections cut',
  network: 'no network to the host',
  second: 'a second zdt',
} as const satisfies Record<Outcome['fault'], string>

const head = [
  '| operation | fault | tried | went on by itself | resumed | rolled back | requests | lost |',
  '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
]

function cells(all: readonly Outcome[]): string[] {
  const tally = (way: Outcome['way']) => {
    const of = all.filter((one) => one.way === way)
    return `${of.filter(({ problems }) => problems.length === 0).length} of ${of.length}`
  }
  const sum = (numbers: readonly number[]) => String(numbers.reduce((total, number) => total + number, 0))
  return [
    String(all.length),
    String(all.filter(({ first }) => first === 'exit 0').length),
    tally('resume'),
    tally('rollback'),
    sum(all.map(({ traffic }) => traffic.sent)),
    sum(all.map(({ traffic }) => traffic.lost)),
  ]
}

/** Writes the table to the file in ZDT_CHAOS_TABLE, and below it what was not kept: after each case, as a run takes hours. */
export async function publish(outcomes: readonly Outcome[]): Promise<void> {
  const file = process.env['ZDT_CHAOS_TABLE']
  if (!file) return
  const problems = outcomes.flatMap((one) => one.problems).map((problem) => `- ${problem}\n`)
  await writeFile(file, [tableOf(outcomes), ...problems].join('\n'))
  await writeFile(`${file}.ndjson`, outcomes.map((one) => `${JSON.stringify(one)}\n`).join(''))
}

/** Prints the table. */
export function show(outcomes: readonly Outcome[]): void {
  process.stdout.write(`\n${tableOf(outcomes)}\n`)
}
