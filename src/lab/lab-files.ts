import { join } from 'node:path'
import { quoteWord } from '../lib/quote.ts'
import { renderFile } from '../render/render.ts'
import type { HostFile } from './host-files.ts'
import type { LabKeys } from './keys.ts'
import { packageDir, type LabPaths } from './paths.ts'
import { network, type LabShape } from './shape.ts'

/** What a lab's own directory holds for those who work in it: the fleet, and how to reach its hosts. */
export function labFiles(lab: LabPaths, shape: LabShape, keys: LabKeys): HostFile[] {
  const { hosts } = shape
  const named = (role: string) => hosts.filter((host) => host.role === role)
  const data = {
    ...network,
    ...lab,
    hosts,
    apps: named('app'),
    webs: named('web'),
    pools: hosts.some((host) => host.role === 'app' || host.role === 'web'),
    balancers: named('lb').map(nameOf).join(', '),
    webNames: named('web').map(nameOf).join(', '),
  }
  const known = hosts.map((host) => `${host.name},${host.address} ${keys.hostPublicKey(host.name)}\n`)
  return [
    { path: 'zdt.yaml', text: renderFile('lab/zdt.yaml.hbs', data) },
    { path: 'ssh_config', text: renderFile('lab/ssh_config.hbs', data) },
    { path: 'known_hosts', text: known.join('') },
    { path: 'bin/zdt', text: script(join(packageDir, 'bin/zdt')), mode: 0o755 },
    { path: 'bin/ssh', text: script('/usr/bin/ssh', '-F', lab.sshConfig), mode: 0o755 },
    { path: 'bin/scp', text: script('/usr/bin/scp', '-F', lab.sshConfig), mode: 0o755 },
  ]
}

function script(...words: readonly string[]): string {
  return `#!/bin/sh\nexec ${words.map(quoteWord).join(' ')} "$@"\n`
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}
