import { fleetFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { locks } from '../../operations/locks.ts'
import { locksText } from '../../views/lock-text.ts'

export default class Lock extends ZdtCommand {
  static override summary = 'Show who works on which host: run, operator, since when, and when the lock ends by itself.'
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Lock)
    await this.report(flags, locks, locksText)
  }
}
