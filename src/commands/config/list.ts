import * as Args from '@oclif/core/args'
import { fleetFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { configVersions } from '../../operations/config/versions.ts'
import { versionsText } from '../../views/versions-text.ts'

export default class ConfigList extends ZdtCommand {
  static override summary = 'Show which versions of their configurations the hosts keep: of each service the last ten.'
  static override examples = ['<%= config.bin %> config list lb1']
  static override strict = false
  static override args = {
    names: Args.string({ description: 'Hosts and services, such as lb1 or haproxy/edge; all where none is named.' }),
  }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigList)
    await this.report(flags, (fleet, hosts) => configVersions(fleet, hosts, argv.map(String)), versionsText)
  }
}
