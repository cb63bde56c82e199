import { plan, stage } from '../../engine/plan.ts'
import type { Configuration } from '../../fleet/configurations.ts'
import { lookAtFiles } from '../../hosts/config/look.ts'
import { fitForReload } from '../../steps/config/fit.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'
import { reloadDaemon } from '../../steps/config/reload.ts'
import { tryConfig } from '../../steps/config/try-config.ts'
import { claimsOf } from '../claims.ts'
import type { Operation } from '../operation.ts'
import { oneService } from './versions.ts'

export interface ReloadOptions {
  readonly host: string
  /** `haproxy`, or `haproxy/edge`. */
  readonly service: string
}

/**
 * Has a daemon read the files that lie on its host: fit for it, tried first, proved afterwards. What operators have set in
 * HAProxy stays. Throws UnknownName, and what hosts throw.
 */
export const reload: Operation<ReloadOptions> = {
  title: ({ host, service }) => `reload ${service} on ${host}`,
  claims: (fleet, { host, service }) => claimsOf(fleet, [], [oneService(fleet, host, service).host]),
  propose: async ({ fleet, hosts, id }, options) => {
    const { host, ...which } = whichOf(oneService(fleet, options.host, options.service))
    const live = await lookAtFiles(await hosts.on(host), [{ unit: which.unit, paths: [which.config] }])
    const [file] = live.get(which.unit) ?? []
    const asWritten = file?.sha256 === file?.written
    return {
      situation: {
        fleet: fleet.name,
        seats: [],
        capacity: [],
        facts: [`${which.config} on ${host} is ${asWritten ? 'as zdt wrote it' : 'not of zdt’s writing'}`],
      },
      plan: plan(
        reload.title(options),
        fleet.digest,
        [
          stage(`${which.daemon} is fit for a reload`, [fitForReload.at(host, which)]),
          stage(`check and trial start with ${which.config}`, [tryConfig.at(host, { ...which, moves: [] })]),
          stage(`reload ${which.daemon}, proof`, [reloadDaemon.at(host, which)]),
        ],
        id,
      ),
      done: `${which.daemon} on ${host} runs what ${which.config} says`,
      already: `${which.daemon} on ${host} had nothing to read`,
      onTimeout: 'put-back',
    }
  },
}

/** A daemon as steps are given it. */
export function whichOf(configuration: Configuration): Which & { readonly host: Configuration['host'] } {
  const { daemon, host, groups } = configuration
  const [{ name: group, unit, config }] = groups
  const socket = daemon === 'haproxy' ? configuration.groups[0].socket : undefined
  return { host, daemon, unit, group, config, ...(socket !== undefined && { socket }) }
}
