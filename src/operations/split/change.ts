import { entriesOf, mapText } from '../../daemons/haproxy/split-maps.ts'
import { splitFileText } from '../../daemons/nginx/split-file.ts'
import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import { splitMapFile } from '../../fleet/configurations.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import type { HostName } from '../../lib/types.ts'
import type { Rules } from '../../lib/split-rules.ts'
import { configAsPlanned } from '../../steps/config/as-planned.ts'
import { loadMap } from '../../steps/split/load-map.ts'
import type { ServiceChange } from '../config/compare.ts'
import type { World } from '../operation.ts'
import { outsOf, type OutMeanwhile, type OutOptions, type Outs } from '../out-meanwhile.ts'
import { changeOf, keptTurn, moveOf, putFiles, withoutText, type FilesWork } from '../run-time-files.ts'
import type { UpstreamChange } from '../upstreams/change.ts'
import { backendsOf } from './files.ts'
import { isRunning, type SeenSplit } from './seen.ts'
import { guardOn, questionFor, receiving } from './receiving.ts'

/** What is asked where clients go to other pools, and by which command that is let be. */
export interface Sent extends OutOptions {
  readonly allowEmpty: boolean
  readonly anyway: string
}

/** What is to become of a split on one balancer. */
export interface WantedSplit {
  readonly seen: SeenSplit
  readonly rules: Rules
}

/** That, as steps. */
interface Work {
  readonly host: HostName
  /** Undefined where no file is another. */
  readonly files?: FilesWork
  readonly change?: ServiceChange
  readonly before: readonly StageDraft[]
  readonly after: readonly StageDraft[]
  readonly out?: OutMeanwhile
  /** Of what is as it is to be already. */
  readonly unchanged: readonly StepDraft[]
}

/**
 * Brings a split to other rules on every balancer, one after the other: the files, which are what a restart goes by, then HAProxy's
 * memory; nginx reads them by a reload, out of HAProxy's pools meanwhile where it is in one.
 */
export async function changeSplit(
  world: World,
  split: SplitSpec,
  wanted: readonly WantedSplit[],
  options: Sent,
): Promise<UpstreamChange> {
  const outs = outsOf(world.fleet, world.hosts, options)
  const works = await Promise.all(wanted.map((one) => workOf(world, split, one, { ...options, outs })))
  const told = works.filter(({ files, after }) => !files && after.length > 0)
  const unchanged = works.flatMap((work) => work.unchanged)
  return {
    out: works.flatMap(({ out }) => out ?? []),
    changes: works.flatMap(({ change }) => change ?? []),
    stages: [
      ...putFiles(
        works.flatMap(({ files }) => files ?? []),
        {
          unchanged,
          around: ({ host }) => works.find((work) => work.host === host) ?? {},
        },
      ),
      // What is as it is to be already is relied on where something else is changed.
      ...(told.length > 0 && works.every(({ files }) => !files)
        ? [stage('nobody has changed the files since', unchanged)]
        : []),
      ...told.flatMap(({ before, after }) => [...before, ...after]),
    ],
  }
}

async function workOf(
  world: World,
  split: SplitSpec,
  { seen, rules }: WantedSplit,
  { outs, ...options }: Sent & { readonly outs: Outs },
): Promise<Work> {
  const { host, which } = seen
  const files = filesOf(world, split, { seen, rules })
  const changed = files.filter(({ before, text }) => before !== text)
  const loads = loadsOf(world, split, { seen, rules }, options)
  const moves = (some: typeof files) => some.map(({ file, ...texts }) => moveOf(file, texts, world.id))
  const others = files.filter((one) => !changed.includes(one))
  const unchanged = others.length > 0 ? [configAsPlanned.at(host, { moves: moves(others).map(withoutText) })] : []
  if (changed.length === 0 && loads.length === 0) return { host, before: [], after: [], unchanged }
  const out = which.daemon === 'nginx' ? await outs(host) : undefined
  const pools = receiving(world.fleet, split, seen.rules, rules)
  const guards =
    pools.length > 0 && isRunning(seen) ? [guardOn(host, questionFor(world.fleet, split, pools, options))] : []
  const back = questionBack(world, split, { seen, rules }, options)
  return {
    host,
    unchanged,
    before: [...(out?.before ?? []), stage('enough servers are there for them', guards)],
    after: [stage(`HAProxy on ${host} goes by it at once`, loads), ...(out?.after ?? [])],
    ...(out && { out }),
    ...(changed.length > 0 && {
      files: {
        host,
        which,
        moves: moves(changed),
        kept: keptTurn(world.id, 1, split.name),
        reload: which.daemon === 'nginx',
        ...(back?.kind === 'nginx' && { receives: back.question }),
      },
      change: await changeOf(
        host,
        which,
        changed.map(({ file: { path }, before, text }) => ({ path, before, text })),
      ),
    }),
  }
}

/** What to ask before clients are sent where they were sent before; undefined where that gives nobody more of them. */
function questionBack({ fleet }: World, split: SplitSpec, { seen, rules }: WantedSplit, options: Sent) {
  const pools = receiving(fleet, split, rules, seen.rules)
  return pools.length > 0 ? questionFor(fleet, split, pools, { ...options, allowEmpty: false }) : undefined
}

function filesOf({ fleet }: World, split: SplitSpec, { seen: { files }, rules }: WantedSplit) {
  return files.map(({ file, text: before, map }) => {
    const text =
      map === undefined
        ? splitFileText(split, rules, backendsOf(fleet, split))
        : mapText(split.name, entriesOf(rules, map))
    return { file, before, text }
  })
}

/** HAProxy's memory, where it says other than it is to. */
function loadsOf(world: World, split: SplitSpec, wanted: WantedSplit, options: Sent): StepDraft[] {
  const { seen, rules } = wanted
  const { memory, host, which, files } = seen
  const group = world.fleet.haproxy.get(which.group)
  if (!memory || !group) return []
  const back = questionBack(world, split, wanted, options)
  return files.flatMap(({ map }) => {
    if (map === undefined) return []
    const entries = entriesOf(rules, map)
    if (mapText(split.name, entries) === mapText(split.name, memory.get(map) ?? [])) return []
    const file = splitMapFile(group, split, map)
    return [
      loadMap.at(host, {
        socket: group.socket,
        file,
        entries,
        ...(back?.kind === 'haproxy' && { back: back.question }),
      }),
    ]
  })
}
