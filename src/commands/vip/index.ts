import * as Args from '@oclif/core/args'
import { fleetFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { lookAtVips } from '../../operations/vips.ts'
import { vipText } from '../../views/vip-text.ts'

export default class Vip extends ZdtCommand {
  static override summary =
    'Show who holds a VIP: by its nodes’ addresses, by Keepalived, and by who answers on the segment.'
  static override examples = ['<%= config.bin %> vip', '<%= config.bin %> vip public --json']
  static override args = { name: Args.string({ description: 'A VIP; all where none is named.' }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Vip)
    await this.report(flags, (fleet, hosts) => lookAtVips(fleet, hosts, args.name), vipText)
  }
}
