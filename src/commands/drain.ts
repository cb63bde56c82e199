import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { durationFlag, inPlaceFlag, onTimeoutFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { drain } from '../operations/drain.ts'

export default class Drain extends ZdtCommand {
  static override summary = 'Take a server out of rotation and wait until nobody is connected to it.'
  static override description =
    'On every load balancer and in every pool that serves it. Refused where too few servers would be left. When the time is over and somebody is still connected, an unattended run leaves the server draining (exit 5) unless --on-timeout says otherwise.'
  static override examples = [
    '<%= config.bin %> drain app2',
    '<%= config.bin %> drain shop/app2 --timeout 10m --yes --probe fleet',
  ]
  static override args = {
    server: Args.string({ required: true, description: 'A server, or POOL/SERVER for one pool alone.' }),
  }
  static override flags = {
    ...runFlags,
    'on-timeout': onTimeoutFlag('leave'),
    timeout: durationFlag({ default: '5m', summary: 'How long to wait for connections to end.' }),
    'allow-empty': Flags.boolean({ summary: 'Drain it even where too few servers, or none, would be left.' }),
    'in-place': inPlaceFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drain)
    const { timeout, 'allow-empty': allowEmpty, 'in-place': inPlace } = flags
    await this.carryOut(flags, drain, { server: args.server, timeout, allowEmpty, inPlace })
  }
}
