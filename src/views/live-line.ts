import type { Colour } from './paint.ts'

/** One of listr2's lines, with what stands under it, that moves until it is ended. */
export interface LiveLine {
  /** Stops it; `mark` and `text` stay on the screen. Resolves when the terminal is ours again. */
  end(mark: string, text: string): Promise<void>
}

interface LiveLineOptions {
  /** What it says now; asked again at each turn of the spinner. */
  readonly say: () => string
  readonly unicode: boolean
  /** Paints the spinner. */
  readonly paint: Colour
}

const asItIs = (text?: string) => text ?? ''

const turns = { unicode: '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏', ascii: '-\\|/' }

/**
 * Starts a line on `stream`. Nothing else may be written to the stream until it is ended: listr2 holds it back.
 * listr2 is loaded only here, as a pipeline never needs it.
 */
export async function startLiveLine(stream: NodeJS.WriteStream, options: LiveLineOptions): Promise<LiveLine> {
  const { DefaultRenderer, Listr, ListrLogger, ProcessOutput, Spinner } = await import('listr2')
  const { promise: over, resolve: finish } = Promise.withResolvers<void>()
  let final: string | undefined
  let mark = ''
  let refresh: (() => void) | undefined

  // listr2 falls back to its plain renderer when stdout is no terminal, though it draws on another stream.
  class OnThatStream extends DefaultRenderer {
    static override nonTTY = true
  }

  // listr2's own keeps the process alive, and knows no clock to show.
  class Turning extends Spinner {
    private turn = 0
    private timer: NodeJS.Timeout | undefined

    override fetch(): string {
      const frames = Array.from(options.unicode ? turns.unicode : turns.ascii)
      return options.paint(frames[this.turn % frames.length] ?? '')
    }

    override isRunning(): boolean {
      return this.timer !== undefined
    }

    override start(draw?: () => void, interval = 100): void {
      this.timer = setInterval(() => {
        this.turn += 1
        refresh?.()
        draw?.()
      }, interval).unref()
    }

    override stop(): void {
      clearInterval(this.timer)
      this.timer = undefined
    }
  }

  // Some pseudo-terminals say they have no column at all, and listr2 believes it.
  if (stream.columns === 0) stream.columns = 80
  // Both of its streams: by default listr2 writes to stdout.
  const output = new ProcessOutput(stream, stream, { leaveEmptyLine: false })
  const spinner = new Turning()
  const rendererOptions = {
    logger: new ListrLogger<string>({ processOutput: output }),
    spinner,
    icon: { COMPLETED: () => mark, WAITING: () => spinner.fetch() },
    // Painted by us: listr2 asks stdout whether it has colours.
    color: { COMPLETED: asItIs, PENDING: asItIs, WAITING: asItIs },
  }
  const listr = new Listr(
    {
      title: options.say(),
      task: (_context: unknown, task: { title: string | undefined }) => {
        refresh = () => {
          task.title = final ?? options.say()
        }
        refresh()
        return over
      },
    },
    {
      renderer: OnThatStream,
      rendererOptions,
      fallbackRenderer: OnThatStream,
      fallbackRendererOptions: rendererOptions,
      // It would take Ctrl-C for itself and exit 127.
      registerSignalListeners: false,
      exitOnError: false,
    },
  )
  // listr2 holds back what others write to the stream. What a dying process said must not die with it.
  const release = () => {
    output.release()
  }
  process.once('exit', release)
  const running = listr.run().finally(() => process.off('exit', release))
  return {
    end: async (endMark, text) => {
      mark = endMark
      final = text
      refresh?.()
      finish()
      await running
    },
  }
}
