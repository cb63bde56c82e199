/** Quotes one word for a POSIX shell; words that need no quotes stay bare, so that commands read well. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** An argument vector as one line for a POSIX shell. */
export function quote(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ')
}
