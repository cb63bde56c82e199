import { hostsOf, type Plan } from '../../engine/plan.ts'
import { configurationsOf } from '../../fleet/configurations.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { keptVersions, readKept } from '../../hosts/config/kept.ts'
import { unitDirectory } from '../../hosts/config/places.ts'
import type { Hosts } from '../../hosts/host.ts'
import { sha256 } from '../../lib/digest.ts'
import { renderFleet } from '../rendered.ts'
import { liveTextOn, versionOn } from '../render.ts'
import { putLive } from '../../steps/config/put-live.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'
import { textsOf } from './apply.ts'

/**
 * The texts that a run brings to its hosts, for whoever takes it up: rendered anew when the first is asked for, or read from
 * what the hosts keep. One that the templates, the fleet or a secret no longer make is undefined.
 */
export function textsAgain(plan: Plan, fleet: Fleet, hosts: Hosts): (digest: string) => Promise<string | undefined> {
  const selection = servicesIn(plan)
  let rendering: Promise<ReadonlyMap<string, string>> | undefined
  return async (digest) => {
    rendering ??= renderFleet(fleet, selection, {
      versionOf: versionOn(fleet, hosts),
      liveText: liveTextOn(hosts, fleet),
    }).then(textsOf)
    return (await rendering).get(digest) ?? (await keptText(fleet, hosts, selection, digest))
  }
}

/** Its services on its hosts: what else they run may be none that can be rendered. */
function servicesIn({ stages }: Plan): string[] {
  const live = stages.flatMap(({ steps }) => steps).filter(({ kind }) => kind === putLive.kind)
  const services = live.map(({ input }) => {
    const { daemon, group } = input as Which
    return `${daemon}/${group}`
  })
  return [...new Set([...hostsOf(live), ...services])]
}

async function keptText(fleet: Fleet, hosts: Hosts, selection: readonly string[], digest: string) {
  for (const { host, groups } of configurationsOf(fleet, selection)) {
    const on = await hosts.on(host)
    const directory = unitDirectory(groups[0].unit)
    for (const { name, files } of await keptVersions(on, directory)) {
      const file = files.find((one) => one.sha256 === digest)
      const text = file && (await readKept(on, { directory, name }, file.path))
      if (text !== undefined && sha256(text) === digest) return text
    }
  }
  return undefined
}
