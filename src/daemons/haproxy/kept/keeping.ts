import { type Place, seatName } from '../commands.ts'
import { configuredServers, type ConfiguredServer, says } from '../config/configured.ts'
import { addedAgain } from './added-again.ts'
import { newInMaintenance } from './new-server.ts'
import type { KeptServer, RuntimeState } from './runtime-state.ts'
import { successors } from './successors.ts'
import { adminWish, endpointWish, kept, type Said, was, weightWish, type Wish } from './wishes.ts'

/** A server that the new configuration has, and the one of the running worker that it goes on from. */
export type Carried = Place & { readonly from: KeptServer; readonly to: ConfiguredServer; readonly wish: Wish }

/** A server that only the runtime CLI knows, and the words behind `add server b/s` that make it again. */
export type AddedAgain = Place & { readonly from: KeptServer; readonly words: readonly string[] }

/** What becomes of one thing that an operator has set. */
export type Verdict = Said & {
  /** `shop/app2`, as it was called. */
  readonly server: string
}

/** What is carried over a reload: the rule of docs/runtime-state.md, applied. */
export type Keeping = {
  readonly carried: readonly Carried[]
  readonly added: readonly AddedAgain[]
  readonly verdicts: readonly Verdict[]
}

/** Two configurations: the one in force, undefined where the file is not what the worker runs, and the one to come. */
export type Configurations = {
  readonly running?: string
  readonly next: string
  /** Servers that it brings, to begin in maintenance. */
  readonly atRest?: readonly Place[]
}

function carry(from: KeptServer, old: ConfiguredServer | undefined, to: ConfiguredServer): [Carried, Verdict[]] {
  const before = was(from, old)
  const [admin, adminSaid] = adminWish(from, before, to)
  const [weight, weightSaid] = weightWish(from, before, to)
  const [endpoint, endpointSaid] = endpointWish(from, before, to)
  const check = from.check === 'off' && says(to.keywords, 'check')
  const agent = from.agent === 'off' && says(to.keywords, 'agent-check')
  const said = [
    adminSaid,
    weightSaid,
    endpointSaid,
    check && kept('its health check is off'),
    agent && kept('its agent check is off'),
  ]
  const as = seatName(to) === seatName(from) ? '' : `, now called ${seatName(to)}`
  const wish = {
    admin,
    weight,
    endpoint,
    ...(check && { check: 'off' as const }),
    ...(agent && { agent: 'off' as const }),
  }
  return [
    { backend: to.backend, server: to.server, from, to, wish },
    said
      .filter((one) => one !== undefined && one !== false)
      .map(({ outcome, line }) => ({ server: seatName(from), outcome, line: `${line}${as}` })),
  ]
}

/** What an operator has set of a server that goes, in words; '' when it is nothing. */
function losing({ admin, disabled, weight, initialWeight }: KeptServer): string {
  return [
    admin !== 'ready' && !(admin === 'maint' && disabled) && admin,
    weight !== initialWeight && `weight ${weight}`,
  ]
    .filter(Boolean)
    .join(', ')
}

/**
 * Decides for every server of the running worker what is to be after a reload with `next`: the table of
 * docs/runtime-state.md, row by row. Pure; the verdicts are for the operator.
 */
export function keeping(before: RuntimeState, { running, next, atRest = [] }: Configurations): Keeping {
  const to = configuredServers(next)
  const old = running === undefined ? undefined : configuredServers(running)
  const oldOf = new Map(old?.map((server) => [seatName(server), server]))
  const newOf = successors(before.servers, old ?? to, to)
  const result: { carried: Carried[]; added: AddedAgain[]; verdicts: Verdict[] } = {
    carried: [],
    added: [],
    verdicts: [],
  }
  for (const from of before.servers) {
    const server = seatName(from)
    const successor = newOf.get(server)
    if (successor) {
      const [carried, verdicts] = carry(from, oldOf.get(server), successor)
      result.carried.push(carried)
      result.verdicts.push(...verdicts)
      continue
    }
    const added = old !== undefined && !oldOf.has(server)
    const again = added ? addedAgain(from, before.columns, next) : undefined
    if (again && 'words' in again) {
      result.added.push({ backend: from.backend, server: from.server, from, words: again.words })
      result.verdicts.push({
        server,
        outcome: 'kept',
        line: `added at run time: added again as "${again.words.join(' ')}"`,
      })
      continue
    }
    const lost = losing(from)
    if (again) result.verdicts.push({ server, outcome: 'gone', line: `added at run time: ${again.why}` })
    else if (old === undefined)
      result.verdicts.push({ server, outcome: 'gone', line: 'not in the configuration: gone after the reload' })
    else if (lost !== '')
      result.verdicts.push({ server, outcome: 'gone', line: `${lost}: no longer in the configuration` })
  }
  result.carried.push(...newInMaintenance(before, to, atRest))
  return result
}

/** Has anybody set anything that a plain reload would forget? */
export function hasWish({ wish }: Carried): boolean {
  return Object.values(wish).some((value) => value !== undefined)
}
