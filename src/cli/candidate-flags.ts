import * as Flags from '@oclif/core/flags'
import { stat } from 'node:fs/promises'
import type { UpgradeSource } from '../operations/candidate.ts'
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

/** As a package manager writes versions (deb-version(7)): it becomes a word of a command on the hosts. */
const versionFlag = Flags.custom({
  helpValue: 'VERSION',
  parse: (input): Promise<string> => {
    if (/^[A-Za-z0-9][A-Za-z0-9.+~:-]*$/.test(input)) return Promise.resolve(input)
    return Promise.reject(
      new WrongUsage(`${input} is no version of a package: write it like 1.26.3-3+deb13u1, or latest`),
    )
  },
})

/** Where a daemon's new code comes from; one of the two must be said. */
export function candidateFlags(daemon: string) {
  return {
    binary: binaryFlag({ exactlyOne: ['binary', 'package'], summary: `The new ${daemon}, a file on this machine.` }),
    package: versionFlag({
      summary: `The version of ${daemon}’s own package to install, as the host’s apt knows it, with all that it needs; or \`latest\`.`,
    }),
  }
}

/** What was said. */
export function sourceIn(flags: {
  readonly binary: string | undefined
  readonly package: string | undefined
}): UpgradeSource {
  return flags.binary === undefined ? { version: flags.package ?? 'latest' } : { binary: flags.binary }
}
