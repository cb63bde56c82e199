import * as Flags from '@oclif/core/flags'
import { durationFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { upgradeNginx } from '../operations/upgrade-nginx.ts'

export default class UpgradeNginx extends ZdtCommand {
  static override summary = 'Replace the running nginx of a host by another binary without losing a request.'
  static override description =
    'Tested with the running configuration, drained from its load balancers, replaced, USR2, WINCH, held, QUIT, and back after a fresh check. A failure at any step undoes what was done, the right way for that phase.'
  static override examples = ['<%= config.bin %> upgrade-nginx --host web1 --binary ./nginx-1.26.3 --probe fleet']
  static override flags = {
    ...runFlags,
    host: Flags.string({ required: true, summary: 'The host, by its name in zdt.yaml.' }),
    binary: Flags.file({ required: true, summary: 'The new nginx, a file on this machine.', helpValue: 'FILE' }),
    timeout: durationFlag({ default: '5m', summary: 'How long each wait may take.' }),
    hold: durationFlag({
      default: '2s',
      summary: 'How long the new workers alone must serve before the old master ends.',
    }),
    'allow-empty': Flags.boolean({ summary: 'Drain the host even where too few servers, or none, would be left.' }),
    'in-place': Flags.boolean({
      summary: 'Also where the host holds a VIP: idle keep-alive connections are closed then.',
    }),
    'without-trial': Flags.boolean({ summary: 'Leave the trial start out, where the host does not allow it.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(UpgradeNginx)
    const { host, binary, timeout, hold, 'allow-empty': allowEmpty, 'without-trial': withoutTrial } = flags
    const options = { host, binary, timeout, hold, allowEmpty, withoutTrial, inPlace: flags['in-place'] }
    await this.carryOut(flags, upgradeNginx, options)
  }
}
