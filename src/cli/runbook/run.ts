import type { Config } from '@oclif/core/config'
import { loadRunbook } from '../../fleet/runbook/load.ts'
import { runbookNamed } from '../../fleet/shipped-runbooks.ts'
import type { Exit } from '../../lib/exit-codes.ts'
import type { RunFlags } from '../flags.ts'
import { withWorld } from '../world.ts'
import { WrongUsage } from '../wrong-usage.ts'
import { beginRunbook } from './begin.ts'
import type { RunbookFlags } from './flags.ts'
import { verbOf } from './verb.ts'

/** Reads a runbook, checks it against the fleet, and runs it. Returns the exit code's name. */
export async function runRunbook(name: string | undefined, given: RunbookFlags, config: Config): Promise<Exit> {
  if (name === undefined) throw new WrongUsage('which runbook?', ['zdt run FILE', 'zdt run --list'])
  const { var: values = [], ...own } = given
  const twice = values.find(([one], index) => values.some(([other], at) => at < index && other === one))
  if (twice) throw new WrongUsage(`--var ${twice[0]} is given twice`)
  const book = await loadRunbook(await runbookNamed(name), new Map(values))
  const flags: RunFlags = { ...own, events: false, 'on-failure': undefined, 'on-timeout': undefined }
  return withWorld(flags.fleet, (fleet, hosts) =>
    beginRunbook(book, { fleet, hosts, flags, verbOf: (words) => verbOf(config, words, flags) }),
  )
}
