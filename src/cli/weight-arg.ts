import * as Args from '@oclif/core/args'
import type { Weight } from '../daemons/haproxy/commands.ts'
import { WrongUsage } from './wrong-usage.ts'

/** `128`, or `50%` of the configured weight. */
export const weightArg = Args.custom<Weight>({
  parse: (input): Promise<Weight> => {
    const percent = /^(\d{1,3})%$/.exec(input)?.[1]
    if (percent !== undefined && Number(percent) <= 100) return Promise.resolve<Weight>(`${Number(percent)}%`)
    if (/^\d{1,3}$/.test(input) && Number(input) <= 256) return Promise.resolve(Number(input))
    return Promise.reject(new WrongUsage(`${input} is no weight: write 0 to 256, or 0% to 100%`))
  },
})
