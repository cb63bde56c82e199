import { makePaint, paintFor, type Paint } from './paint.ts'

/** What a text is laid out for. */
export interface Page {
  /** In columns. */
  readonly width: number
  readonly paint: Paint
}

/** The page that a stream shows: as wide as its terminal, 80 columns where there is none. */
export function pageFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Page {
  // Some pseudo-terminals say they have no column at all.
  return { width: stream.columns || 80, paint: paintFor(stream, env) }
}

/** A page without colour, for logs and tests. */
export function plainPage(width = 80): Page {
  return { width, paint: makePaint(false) }
}

const ascii: Readonly<Record<string, string>> = {
  '✔': '+',
  '✖': 'x',
  '↩': '<',
  '⚠': '!',
  '⠙': '*',
  '·': '-',
  '…': '...',
  '→': '->',
}

/** The marks as the reader's locale can show them. */
export function legible(text: string, { paint }: Pick<Page, 'paint'>): string {
  return paint.unicode ? text : text.replaceAll(/[✔✖↩⚠⠙·…→]/gu, (mark) => ascii[mark] ?? '?')
}

/** Lines as one text that ends with a line end; none when there is no line. */
export function finish(lines: readonly string[], page: Page): string {
  return lines.map((line) => `${legible(line, page).trimEnd()}\n`).join('')
}
