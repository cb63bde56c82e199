import * as Flags from '@oclif/core/flags'
import { listenForInterrupts } from '../../cli/signals.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { demoLab, labDemo } from '../../lab/demo.ts'
import { exitCodes } from '../../lib/exit-codes.ts'
import type { Ledger } from '../../probe/ledger.ts'
import { verdict } from '../../probe/verdict.ts'
import { demoText, lostBy, sceneText } from '../../views/demo-text.ts'
import { pageFor } from '../../views/page.ts'

export default class LabDemo extends ZdtCommand {
  static override summary =
    'Change real hosts under traffic: drain, restart and ready a server, and upgrade a running nginx.'
  static override description =
    'In a lab of its own, which is taken away at the end. Exits 7 when a single request was lost.'
  static override flags = { keep: Flags.boolean({ summary: 'Leave the lab up, to look around.' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDemo)
    const page = pageFor(process.stderr)
    const say = (line: string) => this.logToStderr(line)
    const interrupts = listenForInterrupts(() => say('demo: stopping, and taking the lab away'))
    const shown = await labDemo({
      say,
      announce: (scene, number) => process.stderr.write(sceneText(scene, number, page)),
      stop: interrupts.pause,
      keep: flags.keep,
    }).finally(() => interrupts.dispose())
    if (shown === undefined) {
      process.exitCode = exitCodes.interrupted.code
      return
    }
    const { load, failed } = shown
    const ledgers = shown.ledgers.map((ledger) => JSON.parse(ledger) as Ledger)
    const verdicts = ledgers.map((ledger) => verdict(ledger, 0))
    const remarks = [...new Set(verdicts.flatMap((each) => each.remarks))]
    process.stdout.write(demoText({ load, ledgers, remarks, ...(failed && { failed }) }, pageFor(process.stdout)))
    if (flags.keep) say(`the lab is still up: bin/zdt lab shell --name ${demoLab}, bin/zdt lab down --name ${demoLab}`)
    const kept = verdicts.every((each) => each.kept) && lostBy(load) === 0
    process.exitCode = failed?.code ?? exitCodes[kept ? 'ok' : 'lost'].code
  }
}
