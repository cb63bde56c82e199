import * as Flags from '@oclif/core/flags'
import { durationFlag } from '../cli/flags.ts'
import { handOffFlags } from '../cli/hand-off-flags.ts'
import { WrongUsage } from '../cli/wrong-usage.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { evacuate } from '../operations/evacuate.ts'

export default class Evacuate extends ZdtCommand {
  static override summary =
    'Take a whole host out, run a command on it or wait for your own work, a reboot included, and bring it back.'
  static override description =
    'Every VIP that it holds moves to another host with its connections handed off, every pool drains it, and nobody is connected any more. Then CMD runs there as the user that zdt logs in as: write sudo where it needs root. Without CMD zdt waits until you say that your work is done. A reboot is waited for. Where CMD fails an unattended run pauses (exit 5): zdt rollback brings everything back.'
  static override examples = [
    '<%= config.bin %> evacuate lb1 -- sudo reboot',
    "<%= config.bin %> evacuate web1 --yes --probe fleet -- sudo sh -c 'apt-get -y full-upgrade && reboot'",
    '<%= config.bin %> evacuate lb1',
  ]
  static override usage = 'evacuate HOST [FLAGS] [-- CMD [ARG...]]'
  static override strict = false
  static override flags = {
    ...handOffFlags,
    timeout: durationFlag({
      default: '5m',
      summary: 'How long each other wait may take: connections to end, checks to pass.',
    }),
    'max-command': durationFlag({ default: '1h', summary: 'How long CMD may take.' }),
    'max-reboot': durationFlag({ default: '10m', summary: 'How long the host may be away.' }),
    'allow-empty': Flags.boolean({ summary: 'Drain the host even where too few servers, or none, would be left.' }),
  }

  async run(): Promise<void> {
    const { flags, raw } = await this.parse(Evacuate)
    const [host, ...argv] = raw.filter((each) => each.type === 'arg').map((each) => each.input)
    if (host === undefined) throw new WrongUsage('which host?', ['zdt evacuate HOST -- CMD'])
    if (argv.length === 0 && flags.yes) {
      const why =
        'without a command zdt waits until somebody says that the work is done: there is nobody to ask with --yes'
      throw new WrongUsage(why, [`zdt evacuate ${host} --yes -- CMD`])
    }
    const { timeout, 'max-handoff': maxHandOff, 'max-command': maxCommand, 'max-reboot': maxReboot } = flags
    const options = { host, argv, timeout, maxHandOff, maxCommand, maxReboot }
    await this.carryOut(flags, evacuate, {
      ...options,
      handOff: !flags['no-hand-off'],
      allowEmpty: flags['allow-empty'],
    })
  }
}
