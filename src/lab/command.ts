import { execa } from 'execa'
import { quote } from '../lib/quote.ts'
import { LabCommandFailed } from './errors.ts'

/** Runs a program of this machine, argv only, and returns what it wrote to stdout. */
export async function command(argv: readonly string[], options: { input?: string; env?: Record<string, string> } = {}) {
  const [file = '', ...args] = argv
  const result = await execa(file, args, {
    reject: false,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input !== undefined && { input: options.input }),
    env: { LC_ALL: 'C.UTF-8', ...options.env },
  })
  if (result.failed) {
    throw new LabCommandFailed(quote(argv), lastLines(result.stderr || result.stdout || result.message || ''), result)
  }
  return result.stdout
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-15).join('\n')
}
