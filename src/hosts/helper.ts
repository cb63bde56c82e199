import { PassThrough, Writable } from 'node:stream'
import type { HostName } from '../lib/types.ts'
import { HostUnreachable } from './errors.ts'
import { Frames, framed, type Frame } from './helper-script.ts'
import type { Running } from './transport.ts'

/** What came of a command: it is under way; or undefined, when the helper ended without a look at it. */
type Begun = Running | undefined

interface Asked {
  readonly begun: (begun: Begun) => void
  readonly refused: (error: Error) => void
}

interface Job {
  readonly stdout: PassThrough
  readonly stderr: PassThrough
  readonly ended: (code: number) => void
  readonly broken: (error: Error) => void
}

/** One helper on a host (see helper-script.ts), and the commands that it runs there. */
export class Helper {
  readonly #host: HostName
  readonly #running: Running
  readonly #frames = new Frames()
  readonly #asked = new Map<number, Asked>()
  readonly #jobs = new Map<number, Job>()
  readonly #over: () => void
  #last = 0
  #hasSpoken = false
  #isOver = false
  #isUnable = false

  /** `over` is called when it takes no command any more. */
  constructor(host: HostName, running: Running, over: () => void) {
    this.#host = host
    this.#running = running
    this.#over = over
    running.stdin.on('error', () => {})
    running.stderr.resume()
    running.stdout.on('data', (chunk: Buffer) => {
      this.#hasSpoken = true
      for (const frame of this.#frames.take(chunk)) this.#hear(frame)
    })
    const gone = (): void => this.#gone()
    running.stdout.once('end', gone).once('close', gone)
    running.code.catch(() => {})
  }

  /** It ended without a word: there is no perl, or no leave to run it. */
  get isUnable(): boolean {
    return this.#isUnable
  }

  get isIdle(): boolean {
    return this.#asked.size === 0 && this.#jobs.size === 0
  }

  /**
   * Starts a command. Undefined when the helper ended before it had a look: then nothing was started. Throws
   * HostUnreachable when that cannot be known, or the host can start nothing; or the signal's reason.
   */
  start(argv: readonly string[], signal?: AbortSignal): Promise<Begun> {
    return this.#ask('r', argv.join('\0'), signal)
  }

  /** The same of a relay to the unix socket `path` (see relay.ts). */
  relay(path: string): Promise<Begun> {
    return this.#ask('s', path)
  }

  #ask(kind: 'r' | 's', content: string, signal?: AbortSignal): Promise<Begun> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      if (this.#isOver) return resolve(undefined)
      const id = ++this.#last
      const onAbort = (): void => {
        // Whatever became of it ends.
        this.#say(id, 'k')
        this.#asked.delete(id)
        reject(signal?.reason as Error)
      }
      const settled = (): void => signal?.removeEventListener('abort', onAbort)
      this.#asked.set(id, {
        begun: (begun) => {
          settled()
          resolve(begun)
        },
        refused: (error) => {
          settled()
          reject(error)
        },
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#say(id, kind, content)
    })
  }

  /** Lets go of it: it ends with its stdin. */
  drop(): void {
    this.#end()
    this.#running.stdin.end()
    this.#running.drop()
  }

  #say(id: number, kind: string, content?: string | Uint8Array, done?: () => void): void {
    this.#running.stdin.write(framed(id, kind, content), () => done?.())
  }

  #hear({ id, kind, content }: Frame): void {
    if (kind === 'q') this.#end()
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (kind === 'p') asked?.begun(this.#begin(id, Number(content.toString())))
    if (kind === 'n') asked?.refused(new HostUnreachable({ host: this.#host, said: content.toString() }))
    const job = this.#jobs.get(id)
    if (kind === 'o') job?.stdout.write(content)
    if (kind === 'e') job?.stderr.write(content)
    if (kind === 'x') job?.ended(Number(content.toString()))
  }

  // At once: what the command says first may have come with it.
  #begin(id: number, group: number): Running {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const over = (): void => {
      this.#jobs.delete(id)
      stdout.end()
      stderr.end()
    }
    const code = new Promise<number>((resolve, reject) => {
      const ended = (code: number): void => {
        over()
        resolve(code)
      }
      const broken = (error: Error): void => {
        over()
        reject(error)
      }
      this.#jobs.set(id, { stdout, stderr, ended, broken })
    })
    code.catch(() => {})
    const stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#say(id, 'i', chunk, done),
      final: (done) => this.#say(id, 'c', undefined, done),
    })
    const drop = (): void => {
      if (!this.#jobs.has(id)) return
      this.#say(id, 'd')
      this.#jobs.get(id)?.broken(new HostUnreachable({ host: this.#host, said: 'the command was let go of' }))
    }
    return { stdin, stdout, stderr, code, group: () => group, drop }
  }

  #end(): void {
    this.#isOver = true
    this.#over()
  }

  #gone(): void {
    // What ends with a word of its own, or never said one, has read nothing of what it was asked last.
    const isUntouched = this.#isOver || !this.#hasSpoken
    this.#end()
    this.#running.code.then(
      (code) => {
        this.#isUnable = !this.#hasSpoken
        this.#fail(new HostUnreachable({ host: this.#host, said: `its helper ended with ${code}` }), isUntouched)
      },
      (error: unknown) => this.#fail(error as Error, false),
    )
  }

  #fail(error: Error, isUntouched: boolean): void {
    for (const { begun, refused } of this.#asked.values()) {
      if (isUntouched) begun(undefined)
      else refused(error)
    }
    this.#asked.clear()
    for (const { broken } of this.#jobs.values()) broken(error)
  }
}
