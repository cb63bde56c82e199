import { Writable } from 'node:stream'

/** A terminal in memory that obeys what listr2 sends: cursor moves, erasing, wrapping at the last column it does not. */
export class FakeTerminal extends Writable {
  readonly isTTY = true
  columns: number
  readonly rows = 50
  raw = ''
  private readonly screen: string[] = ['']
  private row = 0
  private column = 0

  constructor(columns: number) {
    super()
    this.columns = columns
  }

  /** What a person sees, without trailing blanks. Colours are left out. */
  get lines(): string[] {
    const lines = this.screen.map((line) => line.trimEnd())
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('')
  }

  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString()
    this.raw += text
    // oxlint-disable-next-line no-control-regex -- escape sequences are what a terminal reads
    for (const [piece] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|[^\u001b]/gu)) this.obey(piece)
    done()
  }

  private obey(piece: string): void {
    // oxlint-disable-next-line no-control-regex -- escape sequences are what a terminal reads
    const [, digits = '', command] = /^\u001b\[\??([\d;]*)([A-Za-z])$/.exec(piece) ?? []
    const number = Number(digits || 1)
    if (piece === '\n') this.moveTo(this.row + 1, 0)
    else if (command === undefined) this.put(piece)
    else if (command === 'A') this.moveTo(Math.max(0, this.row - number), this.column)
    else if (command === 'B') this.moveTo(this.row + number, this.column)
    else if (command === 'G') this.column = number - 1
    else if (command === 'K') this.erase(digits)
    else if (!'mhl'.includes(command))
      throw new Error(`a sequence this terminal does not know: ${JSON.stringify(piece)}`)
  }

  private moveTo(row: number, column: number): void {
    this.row = row
    this.column = column
    while (this.screen.length <= row) this.screen.push('')
  }

  private put(character: string): void {
    if (this.column >= this.columns)
      throw new Error(`a line is longer than ${this.columns} columns: ${this.screen[this.row]}`)
    const line = Array.from((this.screen[this.row] ?? '').padEnd(this.column))
    line[this.column] = character
    this.screen[this.row] = line.join('')
    this.column += 1
  }

  private erase(digits: string): void {
    const line = Array.from(this.screen[this.row] ?? '')
    this.screen[this.row] = digits === '2' ? '' : line.slice(0, this.column).join('')
  }
}
