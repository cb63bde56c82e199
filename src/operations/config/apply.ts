import { plan } from '../../engine/plan.ts'
import { configurationsOf, type Configuration } from '../../fleet/configurations.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Wanted } from '../../hosts/lease/take-leases.ts'
import type { BatchSize } from '../../lib/batches.ts'
import { sha256 } from '../../lib/digest.ts'
import type { Rendered } from '../../lib/rendered.ts'
import type { RunId } from '../../lib/types.ts'
import { claimsOf } from '../claims.ts'
import type { Operation, World } from '../operation.ts'
import type { Proposal } from '../proposal.ts'
import { restLines } from './at-rest.ts'
import type { Compared, ServiceChange } from './compare.ts'
import { driftLines, Drifted } from './drift.ts'
import { keptLines } from './kept.ts'
import { askedOf } from './asked-of.ts'
import { openLines } from './open.ts'
import { backupsFirst, holders } from './order.ts'
import { nobodyOut, outMeanwhile, seatsOn, type OutOptions } from '../out-meanwhile.ts'
import { live, oldWorkersWaited, prepared, withoutReload } from './stages.ts'
import { reloadedTogether } from './vrrp.ts'
import { wanted } from './wanted.ts'
import { batchesOf, workOf, type Work } from './work.ts'

/** How configurations are put live. */
export interface LiveOptions extends OutOptions {
  /** Go on where HAProxy's pools, or those behind nginx, would have too few servers afterwards. */
  readonly allowEmpty: boolean
  /** How many hosts of a service at once. */
  readonly batches: readonly BatchSize[]
  /** Wait for HAProxy's workers of before to have served their last session. */
  readonly waitOldWorkers: boolean
  /** May what somebody else has written be overwritten? Asked with a line for each such file. */
  readonly mayOverwrite: (lines: readonly string[]) => Promise<boolean>
  /** The command that shows what would be overwritten, where it is not `zdt diff`. */
  readonly shows?: string
}

export interface ApplyOptions extends LiveOptions {
  /** Hosts and services (`lb1`, `haproxy/edge`); all where none is named. */
  readonly selection: readonly string[]
}

/**
 * Brings the configurations of the selected hosts and services to what zdt.yaml and the templates say: all uploaded and
 * tried first, on every host; then service by service, host by host, backups before the holder of a VIP. Throws
 * TemplateError and the like, UnknownName, Drifted, NodesDiffer, VipWouldMove, TooFewLeft, and what hosts throw.
 */
export const apply: Operation<ApplyOptions> = {
  title: ({ selection }) => ['apply', ...selection].join(' '),
  claims: (fleet, { selection }) => claimsFor(fleet, configurationsOf(fleet, selection)),
  looksFirst: true,
  propose: async (world, options) => {
    const compared = await wanted(world.fleet, world.hosts, options.selection)
    return proposeFor(world, compared, apply.title(options), options)
  },
}

/** The hosts; and where nginx is reloaded, the capacity of the pools that it serves. */
export function claimsFor(fleet: Fleet, configurations: readonly Configuration[]): Wanted[] {
  const seats = configurations.flatMap(({ daemon, host }) => (daemon === 'nginx' ? seatsOn(fleet, host) : []))
  return claimsOf(fleet, seats, [...new Set(configurations.map(({ host }) => host))])
}

/** The plan that puts configurations live, whatever they were made from. */
export async function proposeFor(
  world: World,
  compared: readonly Compared[],
  title: string,
  options: LiveOptions,
): Promise<Proposal> {
  const { fleet, hosts, id } = world
  const differing = compared.filter((one) => one.change.files.length > 0)
  const changes = differing.map(({ change }) => change)
  const drift = driftLines(changes)
  if (drift.length > 0 && !(await options.mayOverwrite(drift)))
    throw new Drifted(changes, {
      anyway: `zdt ${title}`,
      shows: options.shows ?? 'zdt diff',
      hasTemplate: ({ daemon, group }) => fleet[daemon].get(group)?.template !== undefined,
    })
  const together = await reloadedTogether(fleet, hosts, compared)
  const holding = await holders(fleet, hosts, [...new Set(changes.map(({ host }) => host))])
  const works = backupsFirst(
    await Promise.all(differing.map((one) => askedWork(world, one, compared, options))),
    holding,
  )
  const batches = await Promise.all(
    batchesOf(
      works.filter(({ changes: atOnce }) => atOnce === undefined),
      options.batches,
      together,
    ).map(async (batch) => ({
      batch,
      out: isNginx(batch)
        ? await outMeanwhile(
            fleet,
            hosts,
            batch.map(({ host }) => host),
            options,
          )
        : nobodyOut,
    })),
  )
  const names = [...new Set(compared.map(({ rendered }) => `${rendered.daemon}/${rendered.group}`))]
  return {
    situation: {
      fleet: fleet.name,
      seats: [],
      capacity: batches.flatMap(({ out }) => out.capacity),
      facts: [
        ...restartLines(changes),
        ...openLines(compared.map(({ change }) => change)),
        ...(await keptLines(fleet, hosts, compared)),
        ...restLines(compared),
        ...batches.flatMap(({ out }) => out.facts),
      ],
      changes,
    },
    plan: plan(
      title,
      fleet.digest,
      [
        ...prepared(works, unchangedBeside(works, compared, fleet, id)),
        ...withoutReload(fleet, works, options),
        ...batches.flatMap(({ batch, out }) => [...out.before, ...live(batch), ...out.after]),
        ...(options.waitOldWorkers ? [oldWorkersWaited(works, options.timeout)] : []),
      ],
      id,
    ),
    texts: textsOf(compared.map(({ rendered }) => rendered)),
    done: `${names.join(', ')} ${names.length === 1 ? 'runs' : 'run'} what zdt.yaml says`,
    already: `${names.join(', ')}: every file is as zdt.yaml says`,
    onTimeout: 'put-back',
  }
}

/** With what is asked before it is reloaded: of now at once. Throws TooFewLeft, VipWouldMove and the like. */
async function askedWork(
  world: World,
  one: Compared,
  compared: readonly Compared[],
  { allowEmpty }: LiveOptions,
): Promise<Work> {
  const work = workOf(world.fleet, one, world.id)
  if (work.changes !== undefined) return work
  const { first, back } = askedOf(world, one, { work, compared, allowEmpty })
  await Promise.all(first.map(({ now }) => now()))
  return { ...work, asks: first.map(({ guard }) => guard), asksBack: back }
}

/** What lies on hosts as it is to be already: a run that changes others relies on it. */
function unchangedBeside(works: readonly Work[], compared: readonly Compared[], fleet: Fleet, id: RunId): Work[] {
  if (works.length === 0) return []
  return compared.filter(({ change }) => change.files.length === 0).map((one) => workOf(fleet, one, id))
}

/** What a reload does not bring about, said beforehand: a restart cuts connections, and is nobody's but a person's to order. */
function restartLines(changes: readonly ServiceChange[]): string[] {
  return changes.flatMap(({ host, needs = [] }) =>
    needs
      .filter(({ need }) => need === 'restart')
      .map(({ where, why }) => `${where} on ${host} is in force only after a restart: ${why ?? ''}`),
  )
}

function isNginx(batch: readonly Work[]): boolean {
  return batch.some(({ which }) => which.daemon === 'nginx')
}

/** By their sha256. */
export function textsOf(rendered: readonly Rendered[]): ReadonlyMap<string, string> {
  return new Map(rendered.flatMap(({ files }) => files.map(({ content }) => [sha256(content), content] as const)))
}
