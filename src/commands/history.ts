import { fleetFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { allRuns } from '../operations/half-done.ts'
import { historyText } from '../views/history-text.ts'

export default class History extends ZdtCommand {
  static override summary = 'Tell who did what, when, where, how it came out and what was lost, from every journal.'
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(History)
    await this.report(flags, allRuns, historyText)
  }
}
