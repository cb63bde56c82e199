import { dirname } from 'node:path'
import * as Args from '@oclif/core/args'
import { batchFlag, liveFlags, runFlags } from '../cli/flags.ts'
import { liveOptions } from '../cli/live-options.ts'
import { refuseWithoutTerminal } from '../cli/refuse-without-terminal.ts'
import { watchFleet } from '../cli/watch-fleet.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { findFleetFile } from '../fleet/find.ts'
import { apply } from '../operations/config/apply.ts'

const { 'dry-run': _dryRun, json: _json, events: _events, ...watched } = runFlags

export default class Watch extends ZdtCommand {
  static override summary =
    'Apply whenever zdt.yaml, a template or another file beside them changes, until it is interrupted.'
  static override description =
    'What cannot be rendered or does not live is told, and nothing is live of it; the next change is waited for. Asks as apply does, unless --yes.'
  static override examples = ['<%= config.bin %> watch', '<%= config.bin %> watch haproxy/edge --yes --probe fleet']
  static override strict = false
  static override args = {
    names: Args.string({ description: 'Hosts and services, such as lb1 or haproxy/edge; all where none is named.' }),
  }
  static override flags = { ...watched, batch: batchFlag, ...liveFlags }

  async run(): Promise<void> {
    const { argv, flags: given } = await this.parse(Watch)
    const flags = { ...given, 'dry-run': false, json: false, events: false }
    // Before anything is watched: nobody could be asked at the first change.
    refuseWithoutTerminal(flags)
    const file = await findFleetFile(flags.fleet)
    const selection = argv.map(String)
    const options = { selection, batches: flags.batch, ...liveOptions(flags) }
    await watchFleet(dirname(file), { file, selection }, () => this.carryOut(flags, apply, options))
  }
}
