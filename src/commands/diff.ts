import * as Args from '@oclif/core/args'
import { fleetFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import { fleetDiff } from '../operations/config/wanted.ts'
import { diffText } from '../views/diff-text.ts'

export default class Diff extends ZdtCommand {
  static override summary = 'Show what is live on the hosts against what zdt.yaml and the templates say.'
  static override description = 'Exit 0 when nothing differs, 8 when something does. Changes nothing.'
  static override examples = ['<%= config.bin %> diff', '<%= config.bin %> diff lb1 haproxy/edge']
  static override strict = false
  static override args = {
    names: Args.string({ description: 'Hosts and services, such as lb1 or haproxy/edge; all where none is named.' }),
  }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Diff)
    const { services } = await this.report(flags, (fleet, hosts) => fleetDiff(fleet, hosts, argv.map(String)), diffText)
    if (services.some(({ files }) => files.length > 0)) process.exitCode = exitCodes.differs.code
  }
}
