import * as Args from '@oclif/core/args'
import { durationFlag, inPlaceFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { ready } from '../operations/ready.ts'

export default class Ready extends ZdtCommand {
  static override summary = 'Bring a server back into rotation, after a fresh passing check.'
  static override description =
    'Drained first, then checked anew by every load balancer, only then ready: a dead server is never put back. When no check passes in time, an unattended run leaves it as it was (exit 4) unless --on-timeout says otherwise.'
  static override examples = ['<%= config.bin %> ready app2', '<%= config.bin %> ready app2 --slow-start 1m']
  static override args = {
    server: Args.string({ required: true, description: 'A server, or POOL/SERVER for one pool alone.' }),
  }
  static override flags = {
    ...runFlags,
    timeout: durationFlag({ default: '30s', summary: 'How long to wait for a passing check.' }),
    'slow-start': durationFlag({
      default: '0',
      summary: 'How long until it has its full weight again: 10%, 25%, 50% and all of it, watched meanwhile.',
    }),
    'in-place': inPlaceFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Ready)
    const { timeout, 'slow-start': slowStart, 'in-place': inPlace } = flags
    await this.carryOut(flags, ready, { server: args.server, timeout, slowStart, inPlace })
  }
}
