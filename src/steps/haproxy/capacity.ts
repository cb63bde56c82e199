import { showServersState } from '../../daemons/haproxy/commands.ts'
import { isServing } from '../../daemons/haproxy/is-serving.ts'
import { servers, type Servers } from '../../daemons/haproxy/servers.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import { defineGuard } from '../define.ts'
import { seatThing } from '../things.ts'
import { TooFewLeft } from './too-few-left.ts'

/** What is asked of one load balancer: may these servers of that pool leave? */
export type CapacityQuestion = {
  readonly socket: string
  readonly pool: string
  readonly backend: string
  /** The pool's servers, by name. */
  readonly servers: readonly string[]
  /** Those that are about to go. */
  readonly leaving: readonly string[]
  /** How many must serve afterwards. */
  readonly wanted: number
  /** What would take them out: `draining app3`. */
  readonly doing: string
  /** The command that does it all the same: `zdt drain app3 --allow-empty`. */
  readonly anyway: string
}

/** The question before an undo, which knows only then what it would go back to. */
export type UndoQuestion = Omit<CapacityQuestion, 'anyway'>

/** A load balancer that would see too few servers, and what it sees of the others. */
export interface Short {
  readonly host: string
  readonly question: CapacityQuestion
  readonly after: number
  readonly others: readonly ServerView[]
  /** Those that would come, and why they do not answer. */
  readonly coming?: readonly { readonly server: string; readonly ill: string | null }[]
}

/** How many of a pool's servers one load balancer sees serve, before and after some leave. */
export function capacityOf(
  { servers: views }: Servers,
  { servers: names, leaving, backend }: CapacityQuestion,
): { before: number; after: number } {
  const serving = views.filter((view) => view.backend === backend && names.includes(view.server) && isServing(view))
  return { before: serving.length, after: serving.filter(({ server }) => !leaving.includes(server)).length }
}

/** Would this load balancer see too few afterwards? Undefined when not; one that is out already takes nothing away. */
export function shortOf(host: string, seen: Servers, question: CapacityQuestion): Short | undefined {
  const { before, after } = capacityOf(seen, question)
  if (after >= question.wanted || after === before) return undefined
  const others = seen.servers.filter(
    ({ backend, server }) =>
      backend === question.backend && question.servers.includes(server) && !question.leaving.includes(server),
  )
  return { host, question, after, others }
}

/** Checked again right before they go: another server may have gone since the plan was made. */
export const enoughServers = defineGuard<CapacityQuestion>({
  kind: 'haproxy.enough-servers',
  describe: ({ pool, wanted, backend }) => ({
    title: `${pool} keeps at least ${wanted} serving`,
    commands: [showServersState(backend)],
  }),
  check: async (question, on) => {
    const seen = await servers(on.host, question.socket, { backend: question.backend, signal: on.signal })
    const short = shortOf(on.host.name, seen, question)
    if (short) throw new TooFewLeft(short)
  },
  protects: ({ socket, backend, leaving }, host) =>
    leaving.map((server) => seatThing(host, { socket, backend, server }, 'state')),
})
