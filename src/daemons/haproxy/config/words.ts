/** One word of a line of haproxy.cfg. */
export type Word = {
  /** Quotes and escapes resolved; `"${NAME}"` is left as it is. */
  readonly text: string
  /** Where it stands in its line: from, and one past its end. */
  readonly from: number
  readonly to: number
}

/**
 * Cuts a line into words as HAProxy does (configuration manual §2.2): spaces and tabs part them, `\` takes the next
 * character as it is, `'…'` all but `'`, `"…"` all but `"`, `\` and variables, and `#` outside of these begins a comment.
 */
export function wordsOf(line: string): Word[] {
  const words: Word[] = []
  let from = -1
  let text = ''
  let quote = ''
  const end = (to: number) => {
    if (from >= 0) words.push({ text, from, to })
    from = -1
    text = ''
  }
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (quote === '' && (char === ' ' || char === '\t' || char === '\r')) {
      end(at)
      continue
    }
    if (quote === '' && char === '#') {
      end(at)
      return words
    }
    if (from < 0) from = at
    if (char === '\\' && quote !== "'" && at + 1 < line.length) text += line.charAt(++at)
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote) quote = ''
    else text += char
  }
  end(line.length)
  return words
}

/** Does the value depend on the environment, so that its text alone says nothing? */
export function isVariable(text: string): boolean {
  return text.includes('$')
}
