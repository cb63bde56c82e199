import { readFileSync } from 'node:fs'

/** A recorded answer about a unit's family (Debian 13: systemd 257), byte for byte. */
export function systemdFixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8')
}
