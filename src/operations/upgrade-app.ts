import { plan, stage, type StageDraft } from '../engine/plan.ts'
import type { AppSpec } from '../fleet/apps.ts'
import { UnknownName } from '../fleet/errors.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { inBatches, type BatchSize } from '../lib/batches.ts'
import { formatDuration } from '../lib/durations.ts'
import { quote } from '../lib/quote.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { exchangeApp } from '../steps/app/upgrade/exchange.ts'
import { fitAppForUpgrade } from '../steps/app/upgrade/fit.ts'
import { holdApp } from '../steps/app/upgrade/hold.ts'
import { oldAppGone } from '../steps/app/upgrade/old-gone.ts'
import { keepRunning } from '../steps/binary/keep-running.ts'
import { stageBinary } from '../steps/binary/stage-binary.ts'
import { onDisk } from './candidate.ts'
import { judgeCapacity, tightest, type Judged } from './capacity.ts'
import { claimsDrained } from './claims.ts'
import { backupOf, stagedAs } from './kept-binary.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { intoRotation, outOfRotation, untilDrained } from './rotation.ts'
import { seatRow } from './seat-row.ts'
import { lookAtApp, type Work } from './upgrade-app/look.ts'
import { namesOf, oncePer, whoRun } from './upgrade-words.ts'

export interface UpgradeAppOptions {
  /** By its name in zdt.yaml. */
  readonly app: string
  /** All of its hosts, where none is named. */
  readonly hosts: readonly string[]
  /** The new program, on the operator's machine; undefined where it lies on the hosts already. */
  readonly binary: string | undefined
  readonly batch: readonly BatchSize[]
  readonly timeout: Millis
  readonly hold: Millis
  readonly allowEmpty: boolean
}

/** Beyond what the application is given to start, and to hold. */
const watchedBeyond: Millis = 120_000

/**
 * Upgrades an application in place, by its own word: batch by batch out of rotation, its program replaced, the word given, the new
 * process proved and held, the old ones gone, back after a fresh check. Throws AppUnfit, TooFewLeft, UnknownName, and what hosts
 * throw.
 */
export const upgradeApp: Operation<UpgradeAppOptions> = {
  title: ({ app }) => `upgrade ${app}`,
  claims: (fleet, options) => claimsDrained(fleet, namesIn(fleet, options)),
  propose,
}

async function propose(world: World, options: UpgradeAppOptions): Promise<Proposal> {
  const { fleet, id } = world
  const app = appNamed(fleet, options.app)
  const works = await Promise.all(namesIn(fleet, options).map((name) => lookAtApp(world, name, app, options.binary)))
  const todo = works.filter(({ isThere }) => !isThere)
  const batches = await Promise.all(
    inBatches(todo, options.batch).map(async (some) => ({ some, judged: await judge(fleet, some, options) })),
  )
  return {
    situation: {
      fleet: fleet.name,
      seats: works.flatMap(({ seen }) => seen.map(({ seat, view, old }) => seatRow(seat.host, view, old))),
      capacity: tightest(batches.flatMap(({ judged }) => judged.capacity)),
      facts: [...new Set(works.flatMap(({ facts }) => facts))],
    },
    plan: plan(
      `upgrade ${app.name} on ${namesOf(works)}`,
      fleet.digest,
      [
        fit(`${app.name} on ${namesOf(todo)} can be upgraded`, todo),
        stage(
          `upload ${app.name}`,
          todo.flatMap((work) =>
            work.file ? [stageBinary.at(work.name, { ...work.file, staged: stagedAs(work) })] : [],
          ),
        ),
        ...batches.flatMap(({ some, judged }) => upgraded(fleet, some, judged, options)),
      ],
      id,
    ),
    done: `${whoRun(todo)} the new ${app.name}; the old one is kept as ${oncePer(todo, backupOf)}`,
    already: `${whoRun(works)} this very ${app.name} already`,
    onTimeout: 'put-back',
  }
}

function upgraded(fleet: Fleet, some: readonly Work[], judged: Judged, options: UpgradeAppOptions): StageDraft[] {
  const { timeout, hold } = options
  const seen = some.flatMap((work) => work.seen)
  const ready = seen.filter(({ view }) => view.admin === 'ready')
  const names = namesOf(some)
  return [
    ...outOfRotation(ready, 'drain', judged),
    untilDrained(seen, timeout),
    fit(`nothing has changed on ${names} meanwhile`, some),
    stage(
      'keep what runs',
      some.filter(({ file }) => !file).map((work) => keepRunning.at(work.name, placeOf(work))),
    ),
    stage(
      `${some.some(({ file }) => file) ? `replace ${oncePer(some, ({ target }) => target)}, ` : ''}${some[0]?.app.upgrade.join(' ') ?? ''}, proof`,
      some.map((work) =>
        exchangeApp.at(work.name, {
          ...placeOf(work),
          comes: work.file ? { staged: stagedAs(work), sha256: work.file.sha256 } : onDisk,
          upgrade: work.app.upgrade,
          run: work.id,
          watched: timeout + hold + watchedBeyond,
          timeout: Math.min(timeout, longestStart),
        }),
      ),
    ),
    stage(
      `hold ${formatDuration(hold)}`,
      some.map(({ name, app: { unit }, target }) => holdApp.at(name, { unit, target, hold })),
    ),
    stage(
      'wait until the old processes have gone',
      some.map(({ name, app: { unit }, target, main }) =>
        oldAppGone.at(name, { unit, target, old: main.exeInode, timeout }),
      ),
    ),
    ...intoRotation(fleet, ready, timeout, ({ view }) => view.agent?.enabled === true),
  ]
}

function placeOf({ app: { unit }, ...work }: Work) {
  return { unit, target: work.target, backup: backupOf(work) }
}

/** No longer than that is a start waited for: what has not begun by then will not. */
const longestStart: Millis = 60_000

function fit(title: string, works: readonly Work[]): StageDraft {
  return stage(
    title,
    works.map(({ name, app: { unit, binary }, file }) =>
      fitAppForUpgrade.at(name, { unit, binary, ...(!file && onDisk) }),
    ),
  )
}

function judge(fleet: Fleet, some: readonly Work[], options: UpgradeAppOptions): Promise<Judged> {
  const { app, hosts, binary, allowEmpty } = options
  const words = ['zdt', 'upgrade', app, ...(hosts.length > 0 ? ['--host', hosts.join(',')] : [])]
  return judgeCapacity(
    fleet,
    some.flatMap(({ seen }) => seen),
    {
      doing: `draining ${namesOf(some)}`,
      anyway: `${quote([...words, ...(binary === undefined ? [] : ['--binary', binary])])} --allow-empty`,
      allowEmpty,
    },
  )
}

function namesIn(fleet: Fleet, { app: wanted, hosts }: UpgradeAppOptions): readonly HostName[] {
  const app = appNamed(fleet, wanted)
  return hosts.length === 0 ? app.hosts : [...new Set(hosts)].map((name) => hostIn(app, name))
}

function hostIn({ name: app, hosts }: AppSpec, wanted: string): HostName {
  const found = hosts.find((name) => name === wanted)
  if (found) return found
  throw new UnknownName('host', wanted, hosts, `apps.${app}`)
}

function appNamed(fleet: Fleet, name: string): AppSpec {
  const app = fleet.apps.get(name)
  if (app) return app
  throw new UnknownName('application', name, [...fleet.apps.keys()])
}
