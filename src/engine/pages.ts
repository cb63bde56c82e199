/** The lines of a journal, each with its end and its offset in bytes. */
export class Pages {
  readonly #lines: string[] = []
  /** Where each line begins, and where the next one will. */
  readonly #offsets: number[] = [0]

  constructor(lines: readonly string[] = []) {
    for (const line of lines) this.add(line)
  }

  /** Adds a line, without its end. */
  add(line: string): void {
    this.#lines.push(`${line}\n`)
    this.#offsets.push(this.#offset(this.#lines.length - 1) + Buffer.byteLength(line) + 1)
  }

  /** How many lines there are. */
  get length(): number {
    return this.#lines.length
  }

  /** The bytes from a line to the end. */
  bytesFrom(line: number): number {
    return this.#offset(this.length) - this.#offset(line)
  }

  /** Whole lines from a line on, as many as `most` bytes hold, but at least one; `through` is the line after them. */
  from(line: number, most: number): { readonly offset: number; readonly text: string; readonly through: number } {
    const through = line + this.within(line, most)
    return { offset: this.#offset(line), text: this.#lines.slice(line, through).join(''), through }
  }

  /** How many lines from a line on `most` bytes hold: at least one where there is one. */
  within(line: number, most: number): number {
    let through = Math.min(line + 1, this.length)
    while (through < this.length && this.#offset(through + 1) - this.#offset(line) <= most) through += 1
    return through - line
  }

  /** The line that begins at an offset. */
  lineAt(offset: number): number {
    return this.#offsets.indexOf(offset)
  }

  #offset(line: number): number {
    return this.#offsets[line] ?? 0
  }
}
