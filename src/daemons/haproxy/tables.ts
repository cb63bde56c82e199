/** One line of an answer, by the names of the header's columns. */
export type Row = ReadonlyMap<string, string>

function rows(header: readonly string[], lines: readonly (readonly string[])[]): Row[] {
  return lines.map((cells) => new Map(header.map((name, column) => [name, cells[column] ?? ''])))
}

/**
 * Reads a table whose header is a comment (`show servers state`, `show servers conn`). By name, never by number:
 * columns are added with each version, and `show servers conn` ends in one number for each thread.
 */
export function parseTable(answer: string): Row[] {
  const lines = answer.split('\n')
  const head = lines.find((line) => line.startsWith('# '))
  if (head === undefined) return []
  const cells = lines.filter((line) => line.includes(' ') && !line.startsWith('#')).map((line) => line.split(' '))
  return rows(head.slice(2).split(' '), cells)
}

/** Cuts one line of CSV. Only what came from outside (a check's description) is quoted, and `""` is a quote in it. */
function csvCells(line: string): string[] {
  const cells: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/y
  while (cell.lastIndex < line.length) {
    const match = cell.exec(line)
    if (match === null) break
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
  }
  return cells
}

/** Reads `show stat`, whose header is `# pxname,svname,…`. */
export function parseCsv(answer: string): Row[] {
  const [head = '', ...lines] = answer.split('\n')
  if (!head.startsWith('# ')) return []
  return rows(
    head.slice(2).split(','),
    lines.filter((line) => line !== '').map((line) => csvCells(line)),
  )
}

/** A cell as text, or undefined when it is empty or HAProxy's `-` for none. */
export function textOf(row: Row | undefined, name: string): string | undefined {
  const text = row?.get(name)
  return text === undefined || text === '' || text === '-' ? undefined : text
}

/** A cell as a number, or undefined when it is empty, absent in this version, or no number. */
export function numberOf(row: Row | undefined, name: string): number | undefined {
  const text = textOf(row, name)
  const number = Number(text)
  return text === undefined || Number.isNaN(number) ? undefined : number
}
