import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { batchFlag, durationFlag, max5xxFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { refresh } from '../operations/refresh.ts'

export default class Refresh extends ZdtCommand {
  static override summary =
    'Have every daemon that still runs a replaced binary or library (see `zdt stale`) run what lies on disk, without losing a request.'
  static override description =
    'Exactly those, and no others: nginx drained and by USR2, WINCH, QUIT; HAProxy by a re-exec of its master, which keeps connections, sockets and what operators have set; Keepalived by a restart, on a BACKUP alone. Each is tried with the running configuration before anything is touched, held, and put back where it does not serve.'
  static override examples = [
    '<%= config.bin %> refresh --dry-run',
    '<%= config.bin %> refresh web1 lb2 --probe fleet --yes',
  ]
  static override strict = false
  static override args = { hosts: Args.string({ description: 'Hosts to refresh; all where none is named.' }) }
  static override flags = {
    ...runFlags,
    batch: batchFlag,
    timeout: durationFlag({ default: '5m', summary: 'How long each wait may take.' }),
    hold: durationFlag({ default: '10s', summary: 'How long each new process must serve before it is called done.' }),
    'max-5xx': max5xxFlag,
    'allow-empty': Flags.boolean({ summary: 'Drain a host even where too few servers, or none, would be left.' }),
    'in-place': Flags.boolean({ summary: 'Refresh nginx and HAProxy also where the host holds a VIP.' }),
    'without-trial': Flags.boolean({ summary: 'Leave the trial start out, where a host does not allow it.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Refresh)
    const { batch, timeout, hold, 'max-5xx': max5xx, 'allow-empty': allowEmpty } = flags
    const { 'in-place': inPlace, 'without-trial': withoutTrial } = flags
    const options = { hosts: argv.map(String), batch, timeout, hold, max5xx, allowEmpty, inPlace, withoutTrial }
    await this.carryOut(flags, refresh, options)
  }
}
