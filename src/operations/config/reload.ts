import { plan, stage } from '../../engine/plan.ts'
import type { Configuration } from '../../fleet/configurations.ts'
import { lookAtFiles } from '../../hosts/config/look.ts'
import { fitForReload } from '../../steps/config/fit.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'
import { reloadDaemon } from '../../steps/config/reload.ts'
import { tryConfig } from '../../steps/config/try-config.ts'
import type { Operation } from '../operation.ts'
import { nobodyOut, outMeanwhile, type OutOptions } from '../out-meanwhile.ts'
import { claimsFor } from './apply.ts'
import { askedOfWhatLies } from '../before-reading/what-lies.ts'
import { staysTitle } from './stages.ts'
import { oneService } from './versions.ts'

export interface ReloadOptions extends OutOptions {
  readonly host: string
  /** `haproxy`, or `haproxy/edge`. */
  readonly service: string
  /** Go on where pools would have too few servers afterwards. */
  readonly allowEmpty: boolean
}

/**
 * Has a daemon read the files that lie on its host: fit for it, tried first, proved afterwards; refused where that takes a pool's
 * servers, or a VIP, away. What operators have set in HAProxy stays; nginx is out of HAProxy's pools meanwhile. Throws UnknownName,
 * TooFewLeft, VipWouldMove, and what hosts throw.
 */
export const reload: Operation<ReloadOptions> = {
  title: ({ host, service }) => `reload ${service} on ${host}`,
  claims: (fleet, { host, service }) => claimsFor(fleet, [oneService(fleet, host, service)]),
  propose: async (world, options) => {
    const { fleet, hosts, id } = world
    const configuration = oneService(fleet, options.host, options.service)
    const { host, ...which } = whichOf(configuration)
    const live = await lookAtFiles(await hosts.on(host), [{ unit: which.unit, paths: [which.config] }])
    const [file] = live.get(which.unit) ?? []
    const asWritten = file?.sha256 === file?.written
    const { asked, facts } = await askedOfWhatLies(world, configuration, {
      anyway: 'the same with --allow-empty',
      allowEmpty: options.allowEmpty,
    })
    const out = which.daemon === 'nginx' ? await outMeanwhile(fleet, hosts, [host], options) : nobodyOut
    return {
      situation: {
        fleet: fleet.name,
        seats: [],
        capacity: out.capacity,
        facts: [
          `${which.config} on ${host} is ${asWritten ? 'as zdt wrote it' : 'not of zdt’s writing'}`,
          ...facts,
          ...out.facts,
        ],
      },
      plan: plan(
        reload.title(options),
        fleet.digest,
        [
          stage(`${which.daemon} is fit for a reload`, [fitForReload.at(host, which)]),
          stage(`check and trial start with ${which.config}`, [tryConfig.at(host, { ...which, moves: [] })]),
          ...out.before,
          stage(
            staysTitle(which.daemon),
            asked.map(({ guard }) => guard),
          ),
          stage(`reload ${which.daemon}, proof`, [reloadDaemon.at(host, which)]),
          ...out.after,
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
