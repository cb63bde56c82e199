import * as Flags from '@oclif/core/flags'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { fewestApps, labShape, mostApps, standardHosts, suites } from '../../lab/shape.ts'
import { labUp } from '../../lab/up.ts'

export default class LabUp extends ZdtCommand {
  static override summary = 'Bring up a fleet of real Debian hosts on this machine.'
  static override examples = ['<%= config.bin %> lab up', '<%= config.bin %> lab up --scale 20']
  static override flags = {
    name: Flags.string({ summary: "The lab's name.", env: 'ZDT_LAB', default: 'lab' }),
    suite: Flags.option({ options: suites, summary: "The hosts' Debian release.", default: 'trixie' as const })(),
    hosts: Flags.string({ summary: 'Which of the standard hosts.', default: standardHosts.join(',') }),
    apps: Flags.integer({
      summary: 'How many application servers in all.',
      default: fewestApps,
      min: fewestApps,
      max: mostApps,
    }),
    scale: Flags.integer({ summary: 'How many small hosts to add (sshd only).', default: 0, min: 0, max: 250 }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp)
    const hosts = flags.hosts.split(',').filter(Boolean)
    await labUp(labShape({ ...flags, hosts }), (line) => this.logToStderr(line))
    const name = flags.name === 'lab' ? '' : ` --name ${flags.name}`
    for (const line of ['zdt status', 'ssh lb1', 'wrk http://10.77.0.100/shop/']) {
      this.logToStderr(`  bin/zdt lab exec${name} -- ${line}`)
    }
    this.logToStderr(`  bin/zdt lab shell${name}      and when you are done: bin/zdt lab down${name}`)
  }
}
