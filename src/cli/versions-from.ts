import type { Daemon } from '../lib/rendered.ts'
import { WrongUsage } from './wrong-usage.ts'

const pattern = /^(haproxy|nginx|keepalived)=(\d+(?:\.\d+)+)$/

/** Reads `haproxy=3.0.11`, each daemon once. Throws WrongUsage. */
export function versionsFrom(given: readonly string[]): Partial<Record<Daemon, string>> {
  const versions: Partial<Record<Daemon, string>> = {}
  for (const text of given) {
    const [, daemon, version] = pattern.exec(text) ?? []
    if (daemon === undefined || version === undefined) {
      throw new WrongUsage(`${text} is no version of a daemon: write it like haproxy=3.0.11`, [
        'the daemons are haproxy, nginx and keepalived',
      ])
    }
    if (daemon in versions) throw new WrongUsage(`the version of ${daemon} is given twice`)
    versions[daemon as Daemon] = version
  }
  return versions
}
