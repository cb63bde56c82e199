import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageDir } from '../../../src/lab/paths.ts'
import { exitCodes } from '../../../src/lib/exit-codes.ts'

const marks = /<!-- exit-codes -->\n([\s\S]*?)<!-- \/exit-codes -->/
const file = join(packageDir, 'README.md')
const table = marks.exec(existsSync(file) ? readFileSync(file, 'utf8') : '')?.[1]

/** The rows of a Markdown table, its head and rule left out. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

test('no two causes share an exit code', () => {
  const codes = Object.values(exitCodes).map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
})

test.skipIf(table === undefined)(
  'the README, between <!-- exit-codes --> and <!-- /exit-codes -->, has the same',
  () => {
    const expected = Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning])
    expect(rowsOf(table ?? '')).toEqual(expected)
  },
)
