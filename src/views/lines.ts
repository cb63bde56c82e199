import { stripVTControlCharacters } from 'node:util'

/** How many columns a text takes; colours take none. */
export function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length
}

/** Fills up with spaces to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Breaks a text between words; the first line starts with `lead`, the others with as many spaces or `hang`. */
export function wrap(text: string, width: number, lead = '', hang = ' '.repeat(widthOf(lead))): string[] {
  const lines: string[] = []
  let line = lead
  let empty = true
  for (const word of text.split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`
    if (!empty && widthOf(longer) > width) {
      lines.push(line)
      line = hang + word
    } else {
      line = longer
    }
    empty = false
  }
  return [...lines, line]
}

/** Wraps between items: `a · b · c`. An item is broken only where it is longer than a line. */
export function wrapItems(
  items: readonly string[],
  width: number,
  lead = '',
  hang = ' '.repeat(widthOf(lead)),
): string[] {
  if (items.length === 0) return []
  const lines: string[] = []
  let line = ''
  for (const item of items) {
    const longer = line === '' ? item : `${line} · ${item}`
    const room = width - widthOf(lines.length === 0 ? lead : hang)
    if (line !== '' && widthOf(longer) > room) {
      lines.push(line)
      line = item
    } else {
      line = longer
    }
  }
  return [...lines, line].flatMap((one, index) => wrap(one, width, index === 0 ? lead : hang, hang))
}

/** `left`, and `right` at the page's right edge; on a line of its own, indented by `hang`, where both do not fit. */
export function beside(left: readonly string[], right: string, width: number, hang = ''): string[] {
  const last = left.at(-1) ?? ''
  const gap = width - widthOf(last) - widthOf(right)
  if (right === '') return [...left]
  if (gap < 2) return [...left, hang + right]
  return [...left.slice(0, -1), last + ' '.repeat(gap) + right]
}

/** `lb1, lb2, lb3 and 17 more`: as many names as fit, at least one. */
export function names(list: readonly string[], width: number): string {
  const all = list.join(', ')
  if (widthOf(all) <= width || list.length < 2) return all
  for (let shown = list.length - 1; shown > 1; shown--) {
    const some = `${list.slice(0, shown).join(', ')} and ${list.length - shown} more`
    if (widthOf(some) <= width) return some
  }
  return `${list[0] ?? ''} and ${list.length - 1} more`
}

/** `1 server`, `2 servers`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
