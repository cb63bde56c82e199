/** A directive of the main context: name and arguments, quotes taken off. */
export interface Directive {
  readonly name: string
  readonly args: readonly string[]
}

/** A comment, a quoted word, a mark, or a bare word (in which `\x` and `${x}` are no marks). */
const tokens =
  /#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[{};]|(?:\\.|\$\{[^}]*\}|[^\s{};"'#\\])(?:\\.|\$\{[^}]*\}|[^\s{};\\])*/gs

/**
 * The simple directives of the main context of a configuration text, in order: `pid`, `user`, `error_log`… Blocks are
 * skipped whole; `include` is given as it is, unread. Never fails: whether the text is valid is for nginx to say.
 */
export function mainDirectives(text: string): Directive[] {
  const found: Directive[] = []
  let depth = 0
  let words: string[] = []
  for (const [token, double, single] of text.matchAll(tokens)) {
    if (token.startsWith('#')) continue
    if (token === '{') {
      depth += 1
      words = []
    } else if (token === '}') {
      depth = Math.max(0, depth - 1)
      words = []
    } else if (token === ';') {
      const [name, ...args] = words
      if (depth === 0 && name !== undefined) found.push({ name, args })
      words = []
    } else {
      words.push(double ?? single ?? token)
    }
  }
  return found
}
