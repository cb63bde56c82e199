/** Lines joined into texts of at most so many bytes; one that is longer by itself has a text to itself. */
export function chunked(lines: readonly string[], most: number): string[] {
  const texts: string[] = []
  let open: string[] = []
  let size = 0
  for (const line of lines) {
    const bytes = Buffer.byteLength(line) + 1
    if (open.length > 0 && size + bytes > most) {
      texts.push(open.join('\n'))
      open = []
      size = 0
    }
    open.push(line)
    size += bytes
  }
  return open.length > 0 ? [...texts, open.join('\n')] : texts
}
