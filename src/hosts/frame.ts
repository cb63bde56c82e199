import { randomBytes } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { quote } from '../lib/quote.ts'

/*
 * A login shell reads rc files before our command, and what they print lands on our stdout and stderr. So the command
 * line first prints a random mark on both; what came before it is theirs and is cut off.
 *
 * The script: LC_ALL=C, so that words can be read; sbin on the PATH, which a login user's often lacks; `exec` in a
 * subshell, so that argv is never taken for a builtin while a signal still becomes 128 + n (the ssh client turns a
 * signal into 255, which is also its own "the connection died"); the shell's own "Killed" goes to /dev/null.
 */
const script = [
  'm=$1; shift; export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"',
  `printf '%s %s\\n' "$m" $$; printf '%s\\n' "$m" >&2`,
  'exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?',
].join('; ')

/** A mark that no rc file can guess. */
export function newMark(): string {
  return `zdt-${randomBytes(9).toString('hex')}`
}

/** The one place where a line for the login shell is built: runs `argv`, its output framed by `mark`. */
export function frame(argv: readonly string[], mark: string): string {
  return `exec ${quote(['/bin/sh', '-c', script, 'zdt', mark, ...argv])}`
}

/** Passes on what comes after the line that begins with the mark; emits `marked` when that has come. */
export class AfterMark extends Transform {
  readonly #mark: string
  #held: Buffer = Buffer.alloc(0)
  #rest: string | undefined

  constructor(mark: string) {
    super()
    this.#mark = mark
  }

  /** What the mark's line said beside the mark; undefined until it has come. */
  get said(): string | undefined {
    return this.#rest
  }

  /** What came when the mark did not. */
  get noise(): string {
    return this.#held.toString()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#rest !== undefined) return done(null, chunk)
    this.#held = Buffer.concat([this.#held, chunk])
    const start = this.#held.indexOf(this.#mark)
    const end = start === -1 ? -1 : this.#held.indexOf('\n', start)
    if (end === -1) return done()
    this.#rest = this.#held
      .subarray(start + this.#mark.length, end)
      .toString()
      .trim()
    const after = this.#held.subarray(end + 1)
    this.#held = Buffer.alloc(0)
    this.emit('marked')
    return after.length > 0 ? done(null, after) : done()
  }
}
