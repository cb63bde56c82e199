import * as Args from '@oclif/core/args'
import { fleetFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import { staleCode } from '../operations/stale.ts'
import { staleText } from '../views/stale-text.ts'

export default class Stale extends ZdtCommand {
  static override summary =
    'Show which daemons still run a binary or a library that an update has replaced, and which updates wait.'
  static override description =
    'Exit 0 when every daemon runs what lies on disk, 8 when one does not. Changes nothing, and asks no mirror: updates are those of the lists that apt has.'
  static override examples = ['<%= config.bin %> stale', '<%= config.bin %> stale web1 web2 --json']
  static override strict = false
  static override args = { hosts: Args.string({ description: 'Hosts to look at; all where none is named.' }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Stale)
    const { hosts } = await this.report(flags, (fleet, all) => staleCode(fleet, all, argv.map(String)), staleText)
    const isStale = hosts.some(({ daemons }) => daemons.some(({ stale, leaving }) => stale > 0 && !leaving))
    if (isStale) process.exitCode = exitCodes.differs.code
  }
}
