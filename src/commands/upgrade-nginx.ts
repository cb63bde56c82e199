import * as Flags from '@oclif/core/flags'
import { candidateFlags, sourceIn } from '../cli/candidate-flags.ts'
import { batchFlag, durationFlag, hostsFlag, max5xxFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { upgradeNginx } from '../operations/upgrade-nginx.ts'

export default class UpgradeNginx extends ZdtCommand {
  static override summary = 'Replace the running nginx of hosts, by a binary or a package, without losing a request.'
  static override description =
    'Tested with the running configuration on every host first; then, host by host or batch by batch, drained from its load balancers, replaced, USR2, WINCH, held, QUIT, and back after a fresh check. A failure at any step undoes what was done, the right way for that phase, on every host.'
  static override examples = [
    '<%= config.bin %> upgrade-nginx --host web1 --binary ./nginx-1.26.3 --probe fleet',
    '<%= config.bin %> upgrade-nginx --host web1 --package latest --probe fleet',
    '<%= config.bin %> upgrade-nginx --host web1,web2,web3 --batch 1,50% --binary ./nginx-1.26.3 --yes',
  ]
  static override flags = {
    ...runFlags,
    host: hostsFlag({
      required: true,
      summary: 'The hosts, by their names in zdt.yaml; a name under `nginx:` there stands for all of its hosts.',
    }),
    batch: batchFlag,
    ...candidateFlags('nginx'),
    timeout: durationFlag({ default: '5m', summary: 'How long each wait may take.' }),
    hold: durationFlag({
      default: '2s',
      summary: 'How long the new workers alone must serve before the old master ends.',
    }),
    'keep-old': durationFlag({
      default: '0',
      summary: 'Keep the old master so long once the host serves again: until then `zdt rollback` is instant.',
    }),
    'max-5xx': max5xxFlag,
    'allow-empty': Flags.boolean({ summary: 'Drain the host even where too few servers, or none, would be left.' }),
    repair: Flags.boolean({
      summary:
        'Mend first what is known to be safe to mend: the pid file, a leftover .oldbin, workers without a master, a poisoned master.',
    }),
    'in-place': Flags.boolean({
      summary: 'Also where the host holds a VIP: idle keep-alive connections are closed then.',
    }),
    'without-trial': Flags.boolean({ summary: 'Leave the trial start out, where the host does not allow it.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(UpgradeNginx)
    const { host: hosts, batch, timeout, hold, 'allow-empty': allowEmpty, 'without-trial': withoutTrial } = flags
    const { 'keep-old': keepOld, 'in-place': inPlace, 'max-5xx': max5xx, repair } = flags
    const source = sourceIn(flags)
    const options = { hosts, source, batch, timeout, hold, keepOld, max5xx, allowEmpty, withoutTrial, inPlace, repair }
    await this.carryOut(flags, upgradeNginx, options)
  }
}
