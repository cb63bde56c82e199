import { readUpstreams } from '../../daemons/nginx/upstream/read.ts'
import { plan, stage } from '../../engine/plan.ts'
import { poolsBehind, upstreamFile, type Configuration } from '../../fleet/configurations.ts'
import { lookAtFiles } from '../../hosts/config/look.ts'
import { textAt } from '../../hosts/text-at.ts'
import { fitForReload } from '../../steps/config/fit.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'
import { reloadDaemon } from '../../steps/config/reload.ts'
import { assertNever } from '../../lib/types.ts'
import { tryConfig } from '../../steps/config/try-config.ts'
import type { Operation, World } from '../operation.ts'
import { nobodyOut, outMeanwhile, type OutOptions } from '../out-meanwhile.ts'
import { claimsFor } from './apply.ts'
import { askedOfHaproxy, askedOfKeepalived, askedOfNginx, type AskedBefore } from './asked-before.ts'
import { oneService } from './versions.ts'

export interface ReloadOptions extends OutOptions {
  readonly host: string
  /** `haproxy`, or `haproxy/edge`. */
  readonly service: string
  /** Go on where pools would have too few servers afterwards. */
  readonly allowEmpty: boolean
}

/** What files that lie there bring with them. */
interface Brings {
  readonly asked: readonly AskedBefore[]
  readonly facts: readonly string[]
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
    const { asked, facts } = await brings(world, configuration, options)
    await Promise.all(asked.map(({ now }) => now()))
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
            'enough servers and every VIP stay',
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

async function brings(world: World, configuration: Configuration, { allowEmpty }: ReloadOptions): Promise<Brings> {
  const { daemon, host: name } = configuration
  const host = await world.hosts.on(name)
  const asking = { anyway: 'the same with --allow-empty', allowEmpty }
  const [{ config }] = configuration.groups
  switch (daemon) {
    case 'haproxy': {
      const next = (await textAt(host, config)) ?? ''
      return { asked: askedOfHaproxy(world, name, configuration.groups[0], { next }, asking), facts: [] }
    }
    case 'keepalived': {
      const text = await textAt(host, config)
      return { asked: askedOfKeepalived(world, name, (one) => (one === name ? text : undefined)), facts: [] }
    }
    case 'nginx': {
      const [group] = configuration.groups
      const files = poolsBehind(world.fleet, group).map((pool) => upstreamFile(group, pool))
      const { changed, texts } = await readUpstreams(host, group, files)
      // What it says is what it comes to: nobody knows any more what nginx has read.
      const isNew = (path: string) => changed.includes(path)
      const textOf = (path: string) => (isNew(path) ? texts[files.indexOf(path)] : undefined)
      return {
        asked: askedOfNginx(world, name, group, textOf, { ...asking, unread: true }),
        facts: changed.map((path) => `${path} on ${name} was changed after nginx had read it: it is in force then`),
      }
    }
    default:
      return assertNever(configuration)
  }
}

/** A daemon as steps are given it. */
export function whichOf(configuration: Configuration): Which & { readonly host: Configuration['host'] } {
  const { daemon, host, groups } = configuration
  const [{ name: group, unit, config }] = groups
  const socket = daemon === 'haproxy' ? configuration.groups[0].socket : undefined
  return { host, daemon, unit, group, config, ...(socket !== undefined && { socket }) }
}
