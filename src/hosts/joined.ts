import { Duplex, type Readable, type Writable } from 'node:stream'

interface Halves {
  readonly readable: Readable
  readonly writable: Writable
  /** Asked at the end of the readable half: rejects when that end was no clean one. */
  readonly wasClean: () => Promise<unknown>
  readonly drop: () => void
}

/**
 * Two halves as one stream. A connection that dies looks like a clean end of the answer to whoever reads it: here it
 * becomes an error. Ending the writable half leaves the readable one open.
 */
export class Joined extends Duplex {
  readonly #halves: Halves

  constructor(halves: Halves) {
    super({ allowHalfOpen: true })
    this.#halves = halves
    const { readable, writable, wasClean } = halves
    readable.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) readable.pause()
    })
    readable.once('end', () => {
      wasClean().then(
        () => {
          this.push(null)
          // The other side has gone altogether: what is still to be written has nowhere to go.
          this.once('end', () => this.destroy())
        },
        (error: unknown) => this.destroy(error as Error),
      )
    })
    readable.once('error', (error) => this.destroy(error))
    writable.on('error', () => {})
    readable.pause()
  }

  override _read(): void {
    this.#halves.readable.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#halves.writable.write(chunk, () => done())
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#halves.writable.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#halves.drop()
    done(error)
  }
}
