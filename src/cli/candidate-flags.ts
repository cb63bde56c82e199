import * as Flags from '@oclif/core/flags'
import { stat } from 'node:fs/promises'
import type { Source } from '../operations/candidate.ts'
import { WrongUsage } from './wrong-usage.ts'

/** A program on this machine; that it can be read is seen before any host is asked. */
export const binaryFlag = Flags.custom({
  helpValue: 'FILE',
  parse: async (input) => {
    const is = await stat(input).catch((error: unknown) => error)
    if (is instanceof Error) throw new WrongUsage(`${input} cannot be read: ${is.message}`)
    return input
  },
})

/** Where a daemon's new code comes from; one of the two must be said. */
export function candidateFlags(daemon: string) {
  return {
    binary: binaryFlag({ exactlyOne: ['binary', 'package'], summary: `The new ${daemon}, a file on this machine.` }),
    package: Flags.string({
      summary: `The version of ${daemon}’s own package to install, as the host’s apt knows it, with all that it needs; or \`latest\`.`,
      helpValue: 'VERSION',
    }),
  }
}

/** What was said. */
export function sourceIn(flags: { readonly binary: string | undefined; readonly package: string | undefined }): Source {
  return flags.binary === undefined ? { version: flags.package ?? 'latest' } : { binary: flags.binary }
}
