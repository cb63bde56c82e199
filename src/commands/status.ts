import * as Args from '@oclif/core/args'
import { fleetFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { status } from '../operations/status.ts'
import { statusText } from '../views/status-text.ts'

export default class Status extends ZdtCommand {
  static override summary =
    'Show what is true now: VIPs, hosts, daemons, and every server as each load balancer sees it.'
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status shop web1 --json']
  static override strict = false
  static override args = {
    names: Args.string({ description: 'Hosts, pools and servers to show; all where none is named.' }),
  }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Status)
    await this.report(flags, (fleet, hosts) => status(fleet, hosts, argv.map(String)), statusText)
  }
}
