import { fleetFlags, showSecretsFlag } from '../../cli/flags.ts'
import { versionArgs } from '../../cli/version-args.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { renderedToday } from '../../operations/config/today.ts'
import { oneService, versionTexts, withoutSecrets } from '../../operations/config/versions.ts'
import { versionText } from '../../views/versions-text.ts'

export default class ConfigShow extends ZdtCommand {
  static override summary = 'Print a version that a host keeps, as it lies there but for its secrets.'
  static override examples = ['<%= config.bin %> config show lb1 haproxy 7K2Q9X']
  static override args = versionArgs
  static override flags = { ...fleetFlags, 'show-secrets': showSecretsFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigShow)
    await this.report(
      flags,
      async (fleet, hosts) => {
        const { host, service, version } = args
        const texts = await versionTexts(hosts, oneService(fleet, host, service), version)
        if (flags['show-secrets']) return texts
        return withoutSecrets(fleet, texts, await renderedToday(fleet, hosts, [host, service]))
      },
      versionText,
    )
  }
}
