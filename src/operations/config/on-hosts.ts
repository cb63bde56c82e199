import type { HostName } from '../../lib/types.ts'

/** What is true of several hosts, said once: `shop/app2 stays: drain (lb1, lb2)`. */
export function onHosts(said: readonly { readonly text: string; readonly host: HostName }[]): string[] {
  return [...Map.groupBy(said, ({ text }) => text)].map(
    ([text, all]) => `${text} (${all.map(({ host }) => host).join(', ')})`,
  )
}
