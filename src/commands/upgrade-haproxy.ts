import * as Flags from '@oclif/core/flags'
import { candidateFlags, sourceIn } from '../cli/candidate-flags.ts'
import { durationFlag, hostsFlag, max5xxFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { upgradeHaproxy } from '../operations/upgrade-haproxy.ts'

export default class UpgradeHaproxy extends ZdtCommand {
  static override summary = 'Replace the running HAProxy of hosts, by a binary or a package, without losing a request.'
  static override description =
    'Tested with the running configuration on every host first; then, host by host, put in the old one’s place, executed by its master, proved, held. Connections and listening sockets live on; who was drained, in maintenance or given another weight is so from the first request on. A failure puts the old binary back and proves that; should HAProxy die, the host itself does, with zdt or without.'
  static override examples = [
    '<%= config.bin %> upgrade-haproxy --host lb2 --binary ./haproxy-3.0.11 --hold 2m --probe fleet',
  ]
  static override flags = {
    ...runFlags,
    host: hostsFlag({
      required: true,
      summary: 'The hosts, by their names in zdt.yaml; a name under `haproxy:` there stands for all of its hosts.',
    }),
    ...candidateFlags('HAProxy'),
    timeout: durationFlag({ default: '5m', summary: 'How long each wait may take.' }),
    hold: durationFlag({
      default: '30s',
      summary:
        'How long the new HAProxy must serve, without a loss of the probe or more 5xx, before it is called done.',
    }),
    'max-5xx': max5xxFlag,
    'in-place': Flags.boolean({ summary: 'Also where the host holds a VIP.' }),
    'wait-old-workers': Flags.boolean({
      summary: 'Wait at the end until the workers of before have served their last session.',
    }),
    'without-trial': Flags.boolean({ summary: 'Leave the trial start out, where the host does not allow it.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(UpgradeHaproxy)
    const { host: hosts, timeout, hold, 'max-5xx': max5xx, 'in-place': inPlace } = flags
    const { 'wait-old-workers': waitOldWorkers, 'without-trial': withoutTrial } = flags
    const options = { hosts, source: sourceIn(flags), timeout, hold, max5xx, inPlace, waitOldWorkers, withoutTrial }
    await this.carryOut(flags, upgradeHaproxy, options)
  }
}
