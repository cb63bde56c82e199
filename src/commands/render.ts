import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { fleetFlags, showSecretsFlag } from '../cli/flags.ts'
import { versionsFrom } from '../cli/versions-from.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { render } from '../operations/render.ts'
import { renderText } from '../views/render-text.ts'

export default class Render extends ZdtCommand {
  static override summary = 'Show the configurations that zdt.yaml and the templates make; no host is changed.'
  static override description =
    'Hosts are asked for the versions of their daemons, and only where a template wants to know. With --version-of no host is asked at all.'
  static override examples = [
    '<%= config.bin %> render lb1 haproxy',
    '<%= config.bin %> render --out build --version-of haproxy=3.0.11 --version-of nginx=1.26.3',
  ]
  static override strict = false
  static override args = {
    names: Args.string({
      description: 'Hosts, and services such as haproxy or haproxy/edge; all where none is named.',
    }),
  }
  static override flags = {
    ...fleetFlags,
    out: Flags.directory({
      summary: 'Write them below this directory, as HOST/PATH, with their secrets, for you alone.',
      helpValue: 'DIR',
    }),
    'show-secrets': showSecretsFlag,
    'version-of': Flags.string({
      summary: 'Render for this version instead of asking the hosts, such as haproxy=3.0.11.',
      helpValue: 'DAEMON=VERSION',
      multiple: true,
    }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Render)
    const versions = versionsFrom(flags['version-of'] ?? [])
    const options = { names: argv.map(String), versions, out: flags.out, showSecrets: flags['show-secrets'] }
    await this.report(flags, (fleet, hosts) => render(fleet, hosts, options), renderText)
  }
}
