import { carryOut } from '../engine/carry-out.ts'
import { newRunId } from '../engine/plan.ts'
import type { Claim } from '../engine/says.ts'
import type { Result } from '../engine/result.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { readLeases } from '../hosts/lease/read-leases.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Exit } from '../lib/exit-codes.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { halfDoneRuns, leftThere, type LeftThere } from '../operations/half-done.ts'
import type { Operation, World } from '../operations/operation.ts'
import type { Proposal } from '../operations/proposal.ts'
import type { Ledger } from '../probe/ledger.ts'
import { describeStep } from '../steps/index.ts'
import { pageFor } from '../views/page.ts'
import { planText } from '../views/plan-text.ts'
import { situationText } from '../views/situation-text.ts'
import type { RunFlags } from './flags.ts'
import { operatorName } from './operator-name.ts'
import { say } from './say.ts'
import { showDryRun, showNothingToDo } from './show.ts'
import type { Sitting } from './sitting.ts'
import { underLocks } from './under-locks.ts'

/** What a run is conducted with. */
export interface Stand {
  readonly fleet: Fleet
  readonly hosts: Hosts
  readonly flags: RunFlags
  /** Is told the result, in place of stdout: of what is a part of something larger. */
  readonly told?: (result: Result, ledger?: Ledger) => void
}

/**
 * Takes the locks, has the operation look and propose, shows it, asks, runs it, and tells the result. A dry run looks and
 * shows, and takes no lock. Returns the exit code's name.
 */
export async function conduct<Options>(
  operation: Operation<Options>,
  options: Options,
  stand: Stand,
  id: RunId = newRunId(),
): Promise<Exit> {
  const { fleet, hosts, flags } = stand
  const claims = operation.claims(fleet, options)
  const propose = () => proposed(operation, options, { fleet, hosts, id }, claims)
  if (flags['dry-run']) return showDryRun(await propose(), flags)

  if (operation.looksFirst) {
    // Somebody who is at work there may be about to change it, or have it half done: then the lock decides.
    const held = isAnyHeld(hosts, claims)
    held.catch(() => undefined)
    const seen = await heeding({ fleet, hosts, id }, (world) => operation.propose(world, options)).catch(
      async (error: unknown) => {
        if (await held.catch(() => false)) return undefined
        throw besides(error, await leftOn(stand, claims))
      },
    )
    if (seen?.plan.stages.length === 0 && !(await held)) return showNothingToDo(seen.plan, seen.already, stand)
  }
  return underLocks(stand, { id, title: operation.title(options), claims }, async () => {
    const { plan, situation, texts, ...says } = await propose()
    if (!flags.events) introduce({ plan, situation })
    const who = { operator: operatorName(), pid: process.pid, fleet: fleet.name }
    const sitting: Sitting = {
      plan,
      says,
      begin: {
        event: 'run',
        plan,
        ...who,
        claims: claims satisfies Claim[],
        addresses: addressesOf(fleet, claims),
        says,
        ...probeIn(flags),
      },
      mode: 'new',
      history: [],
      goal: 'done',
      text: (sha256) => Promise.resolve(texts?.get(sha256)),
      go: (engine) => carryOut(plan, engine),
    }
    return { sitting, seen: { situation, plan } }
  })
}

/** What the operation proposes, and which runs have left its hosts half done. */
async function proposed<Options>(
  operation: Operation<Options>,
  options: Options,
  world: World,
  claims: readonly Wanted[],
): Promise<Proposal> {
  const left = leftOn(world, claims)
  // Heard of below, however long the proposal takes.
  left.catch(() => undefined)
  const proposal = await heeding(world, (it) => operation.propose(it, options)).catch(async (error: unknown) => {
    throw besides(error, await left)
  })
  const { situation } = proposal
  const halfDone = await left
  return { ...proposal, situation: { ...situation, facts: [...halfDone.map(({ fact }) => fact), ...situation.facts] } }
}

/** Pools that a split sends clients to are not to be emptied, whatever else zdt.yaml lets be. */
async function heeding<Made>(world: World, make: (world: World) => Promise<Made>): Promise<Made> {
  if (world.fleet.splits.size === 0) return await make(world)
  const { withSplitsHeeded } = await import('../operations/split/heeded.ts')
  return await make(await withSplitsHeeded(world))
}

/** What runs have left half done there, by this machine's journals and those of these hosts. */
async function leftOn(
  { fleet, hosts }: Pick<World, 'fleet' | 'hosts'>,
  claims: readonly Wanted[],
): Promise<LeftThere[]> {
  const names = claims.map(({ host }) => host)
  return leftThere(await halfDoneRuns(fleet, hosts, names), names)
}

/** What is in the way of a refusal may well be a run that was left half done: then that is the next thing to see to. */
function besides(error: unknown, halfDone: readonly LeftThere[]): unknown {
  if (!(error instanceof ZdtError) || error.exit !== 'refused' || halfDone.length === 0) return error
  const { code, exit, host, said, suggestions } = error
  return new ZdtError(error.message, {
    code,
    exit,
    ...(host !== undefined && { host }),
    ...(said !== undefined && { said }),
    suggestions: [...halfDone.map(({ next }) => next), ...suggestions],
    cause: error,
  })
}

function addressesOf({ hosts }: Fleet, claims: readonly Wanted[]): Record<HostName, string> {
  return Object.fromEntries(claims.flatMap(({ host }) => [[host, hosts.get(host)?.address ?? '']]))
}

/** What whoever goes on with the run is to send too. */
function probeIn({ probe: url, 'max-lost': maxLost }: RunFlags) {
  return url === undefined ? {} : { probe: { url, ...(maxLost !== undefined && { maxLost }) } }
}

async function isAnyHeld(hosts: Hosts, claims: readonly Wanted[]): Promise<boolean> {
  const leases = await Promise.all(claims.map(async ({ host }) => readLeases(await hosts.on(host))))
  return leases.flat().some(({ state }) => state === 'held' || state === 'busy')
}

function introduce({ plan, situation }: Pick<Proposal, 'plan' | 'situation'>): void {
  const page = pageFor(process.stderr)
  say(situationText(plan.title, situation, page))
  say(`\n${planText(plan, describeStep, page)}`)
}
