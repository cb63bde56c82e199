import * as Flags from '@oclif/core/flags'
import { runFlags } from '../flags.ts'
import { WrongUsage } from '../wrong-usage.ts'

const { events: _events, 'on-failure': _onFailure, 'on-timeout': _onTimeout, json: _json, ...given } = runFlags

/** What a runbook takes: it holds for every step. */
export const runbookFlags = {
  ...given,
  json: Flags.boolean({ summary: 'Print the result as one JSON document on stdout.' }),
  var: Flags.custom<readonly [name: string, value: string]>({
    summary: 'A variable of the runbook; once for each.',
    helpValue: 'NAME=VALUE',
    multiple: true,
    parse: (input) => {
      const at = input.indexOf('=')
      if (at > 0) return Promise.resolve([input.slice(0, at), input.slice(at + 1)] as const)
      return Promise.reject(new WrongUsage(`${input} sets no variable: write it like pool=shop`))
    },
  })(),
}

/** Those, parsed. */
export interface RunbookFlags {
  readonly fleet: string | undefined
  readonly json: boolean
  readonly yes: boolean
  readonly 'dry-run': boolean
  readonly probe: string | undefined
  readonly 'max-lost': number | undefined
  readonly 'wait-for-lock': number
  readonly var: readonly (readonly [name: string, value: string])[] | undefined
}
