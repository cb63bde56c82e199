import * as Flags from '@oclif/core/flags'
import { versionPattern } from '../lib/app-questions.ts'
import { WrongUsage } from './wrong-usage.ts'

/** A version goes into a command as a word of its own: none that could be taken for an option, or that holds a blank. */
export const versionFlag = Flags.custom({
  summary: 'The version to come to, as the application says it.',
  helpValue: 'VERSION',
  parse: (input): Promise<string> => {
    if (versionPattern.test(input)) return Promise.resolve(input)
    return Promise.reject(
      new WrongUsage(`${JSON.stringify(input)} is no version: write letters, digits and . _ + : @ / ~ -`),
    )
  },
})
