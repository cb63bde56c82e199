import { pad, widthOf, wrapItems } from './lines.ts'

interface TableOptions {
  readonly width: number
  readonly indent?: number
  /** Between two columns, default 3. */
  readonly gap?: number
  /** Paints the line of heads. */
  readonly paintHead?: (text: string) => string
}

/**
 * Aligned columns under their heads. Columns that do not fit drop, with their heads, to an indented line under each row:
 * a narrow page loses the alignment of the last columns, never a figure.
 */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], options: TableOptions): string[] {
  const { width, indent = 2, gap = 3, paintHead = (text) => text } = options
  const widths = heads.map((head, column) => Math.max(widthOf(head), ...rows.map((row) => widthOf(row[column] ?? ''))))
  const kept = fitting(widths, width - indent, gap)
  const line = (cells: readonly string[]) =>
    ' '.repeat(indent) +
    cells
      .slice(0, kept)
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd()
  const dropped = (row: readonly string[]) =>
    kept === heads.length
      ? []
      : wrapItems(
          row.slice(kept).flatMap((cell, column) => (cell === '' ? [] : [`${heads[kept + column] ?? ''} ${cell}`])),
          width,
          ' '.repeat(indent + 2),
        )
  return [paintHead(line(heads)), ...rows.flatMap((row) => [line(row), ...dropped(row)])]
}

function fitting(widths: readonly number[], room: number, gap: number): number {
  let used = -gap
  const first = widths.findIndex((width) => (used += width + gap) > room)
  return first === -1 ? widths.length : Math.max(1, first)
}
