import { nearest } from '../lib/nearest.ts'
import { ZdtError } from '../lib/errors.ts'
import { WrongUsage } from './wrong-usage.ts'

/** The command that was typed. */
interface Typed {
  /** `runs show`. */
  readonly command: string
  readonly flags: readonly string[]
}

/**
 * What oclif has against the words that were typed, as one of our errors: with the flag that may have been meant, and not
 * with the whole help. Undefined for anything else that was thrown.
 */
export function usageError(error: Error, { command, flags }: Typed): ZdtError | undefined {
  const help = `zdt ${command} --help`
  // A parser of ours: oclif has written its own head before what it said.
  if (error instanceof ZdtError) return isUnread(error) ? new WrongUsage(withoutHeads(error.message), [help]) : error
  if (!isOfOclif(error)) return undefined
  if ('flags' in error && Array.isArray(error.flags)) {
    const unknown = error.flags.map(String)
    const near = unknown.flatMap((flag) => nearest(flag.replace(/^-+/, ''), flags).slice(0, 1))
    const meant = near.length > 0 ? [`did you mean ${near.map((name) => `--${name}`).join(' ')}?`] : []
    return new WrongUsage(`zdt ${command} has no ${unknown.join(', ')}`, [...meant, help])
  }
  return new WrongUsage(withoutHeads(error.message), [help])
}

const head = /^Parsing (--\S+)\s*\n\s*/

function isUnread(error: ZdtError): boolean {
  return error.code === 'wrong-usage' && error.message.includes('See more help')
}

/** oclif marks its own errors, and wrong usage with exit 2. */
function isOfOclif(error: Error): boolean {
  return 'oclif' in error && (error.oclif as { readonly exit?: unknown } | undefined)?.exit === 2
}

function withoutHeads(message: string): string {
  return message
    .replace(/\n\s*See more help with --help\s*$/, '')
    .replace(/^The following errors? occurred:\n\s*/, '')
    .replace(head, '$1: ')
    .replaceAll(/\n\s+/g, '\n')
    .trim()
}
