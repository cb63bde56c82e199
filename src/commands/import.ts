import * as Args from '@oclif/core/args'
import { fleetFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { importHost } from '../operations/config/import.ts'
import { importedText } from '../views/imported-text.ts'

export default class Import extends ZdtCommand {
  static override summary =
    'Take a host’s haproxy.cfg, nginx.conf and keepalived.conf, as they lie there, for templates to start from.'
  static override description =
    'Written beside zdt.yaml, and rendered byte for byte as they were. The host is not touched, and no file here is gone over.'
  static override examples = ['<%= config.bin %> import lb1']
  static override args = { host: Args.string({ required: true, description: 'The host, by its name in zdt.yaml.' }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Import)
    await this.report(flags, (fleet, hosts) => importHost(fleet, hosts, args.host), importedText)
  }
}
