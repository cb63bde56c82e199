import { Duplex } from 'node:stream'
import { framed } from './kept-relay-script.ts'
import type { Running } from './transport.ts'

const empty = framed(Buffer.alloc(0))

/** What came of opening a socket: a conversation, or the system's words against it. */
export type Opened = Duplex | { readonly refused: string }

/** What a conversation fails with when the relay ends before the answer does. */
export type Broken = (said: string) => Error

/** One relay on a host: holds one conversation after another (see kept-relay-script.ts). */
export class KeptRelay {
  readonly #running: Running
  readonly #free: (relay: KeptRelay) => void
  #held: Buffer = Buffer.alloc(0)
  #opening: ((opened: Opened | undefined) => void) | undefined
  #broken: Broken = (said) => new Error(said)
  #conversation: Conversation | undefined
  #dead = false

  /** `free` is called when a conversation has ended, and the next may begin. */
  constructor(running: Running, free: (relay: KeptRelay) => void) {
    this.#running = running
    this.#free = free
    running.stdin.on('error', () => {})
    running.stderr.resume()
    running.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
    const gone = (): void => this.#gone()
    running.stdout.once('end', gone).once('close', gone)
    running.code.catch(() => {})
  }

  get dead(): boolean {
    return this.#dead
  }

  /** Opens a socket. Undefined when the relay has ended before it said anything: then nothing was said to the socket. */
  open(path: string, broken: Broken): Promise<Opened | undefined> {
    return new Promise((resolve) => {
      if (this.#dead) return resolve(undefined)
      this.#opening = resolve
      this.#broken = broken
      this.say(Buffer.from(path))
    })
  }

  say(content: Buffer, done?: () => void): void {
    this.#running.stdin.write(content.length === 0 ? empty : framed(content), done)
  }

  flow(on: boolean): void {
    if (on) this.#running.stdout.resume()
    else this.#running.stdout.pause()
  }

  /** The conversation is over: cleanly, then another may follow; or its rest would be taken for the next one's. */
  leave({ said, answered }: Conversation): void {
    this.#conversation = undefined
    if (!answered) return this.drop()
    if (!said) this.say(Buffer.alloc(0))
    this.flow(true)
    if (!this.#dead) this.#free(this)
  }

  /** Lets go of it: it ends with its stdin. */
  drop(): void {
    this.#dead = true
    this.#running.stdin.end()
    this.#running.drop()
  }

  #take(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk])
    while (this.#held.length >= 4) {
      const end = 4 + this.#held.readUInt32BE(0)
      if (this.#held.length < end) return
      const content = this.#held.subarray(4, end)
      this.#held = this.#held.subarray(end)
      const opening = this.#opening
      this.#opening = undefined
      if (opening === undefined) this.#conversation?.heard(content)
      else opening(this.#begin(content.toString()))
    }
  }

  // At once: what is answered first may have come with it.
  #begin(said: string): Opened {
    if (said.startsWith('0 ')) return (this.#conversation = new Conversation(this))
    this.#free(this)
    return { refused: said.replace(/^\d+ /, '') }
  }

  #gone(): void {
    this.#dead = true
    this.#opening?.(undefined)
    this.#opening = undefined
    const conversation = this.#conversation
    if (conversation === undefined || conversation.answered) return
    this.#running.code.then(
      (code) => conversation.destroy(this.#broken(`the relay ended with ${code}`)),
      (error: unknown) => conversation.destroy(error as Error),
    )
  }
}

/** A socket on the host, by way of a kept relay. */
class Conversation extends Duplex {
  readonly #relay: KeptRelay
  /** Both sides have ended: what is said was half-closed, and the answer is whole. */
  said = false
  answered = false

  constructor(relay: KeptRelay) {
    super({ allowHalfOpen: true })
    this.#relay = relay
  }

  heard(content: Buffer): void {
    if (content.length > 0) {
      if (!this.push(content)) this.#relay.flow(false)
      return
    }
    this.answered = true
    this.push(null)
    // The other side has gone altogether: what is still to be written has nowhere to go.
    this.once('end', () => this.destroy())
  }

  override _read(): void {
    this.#relay.flow(true)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (chunk.length === 0) done()
    else this.#relay.say(chunk, () => done())
  }

  override _final(done: (error?: Error | null) => void): void {
    this.said = true
    this.#relay.say(Buffer.alloc(0))
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#relay.leave(this)
    done(error)
  }
}
