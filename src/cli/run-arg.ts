import * as Args from '@oclif/core/args'
import type { RunId } from '../lib/types.ts'
import { WrongUsage } from './wrong-usage.ts'

/** A run's name, whichever way it is written: `7k2q9x` is 7K2Q9X. It reaches paths, here and on hosts. */
export const runArg = Args.custom<RunId>({
  required: true,
  description: "The run's name, such as 7K2Q9X.",
  parse: (input): Promise<RunId> =>
    /^[0-9A-Za-z]{1,32}$/.test(input)
      ? Promise.resolve(input.toUpperCase() as RunId)
      : Promise.reject(new WrongUsage(`${JSON.stringify(input)} is no run's name, such as 7K2Q9X`, ['zdt runs'])),
})
