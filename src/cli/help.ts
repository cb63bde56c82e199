import { Help } from '@oclif/core/help'
import { exitCodes } from '../lib/exit-codes.ts'

/** oclif's help, and below the list of commands the exit codes: they are part of the interface. */
export class ZdtHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    // Our defaults are the same everywhere, so that the manifest's are right: no command need be loaded to ask it.
    for (const command of this.config.commands) command.hasDynamicHelp = false
    await super.showHelp(argv)
  }

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp()
    const rows = Object.values(exitCodes).map(({ code, meaning }): [string, string] => [String(code), meaning])
    const list = this.renderList(rows, { spacer: '\n', stripAnsi: this.opts.stripAnsi ?? false, indentation: 2 })
    this.log(this.section('EXIT CODES', list))
    this.log('')
  }
}
