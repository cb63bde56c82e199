import { illnessOf } from '../../daemons/app/look.ts'
import type { SendsTo } from '../../daemons/haproxy/config/sends-to.ts'
import { HaproxySilent, NoRuntimeSocket } from '../../daemons/haproxy/errors.ts'
import { isServing } from '../../daemons/haproxy/is-serving.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import { servers } from '../../daemons/haproxy/servers.ts'
import { sameAddress } from '../../daemons/linux/ip.ts'
import type { Host } from '../../hosts/host.ts'
import type { Health } from '../../lib/app-questions.ts'
import { defineGuard } from '../define.ts'
import { daemonThing } from '../things.ts'
import { TooFewLeft } from './too-few-left.ts'

/** What is asked of one load balancer: does each pool keep enough when it reads another configuration? */
export type AfterReload = {
  readonly unit: string
  readonly socket: string
  readonly pools: readonly {
    readonly pool: string
    readonly backend: string
    readonly wanted: number
    /** Whom that configuration sends to. */
    readonly next: readonly SendsTo[]
    /** Of those that come: there is no check of theirs yet. */
    readonly health: Health
  }[]
  /** The command that does it all the same. */
  readonly anyway: string
}

/**
 * Throws TooFewLeft where a pool would fall below what it wants: of those that serve now only they stay that the next
 * configuration sends to, by name or by address; and those that come count where they answer from here.
 */
export async function refuseTooFewAfter(host: Host, question: AfterReload, signal?: AbortSignal): Promise<void> {
  const seen = await servers(host, question.socket, signal && { signal }).catch((error: unknown) => {
    // One that does not run, or hangs, serves nobody: there is nothing to keep.
    if (error instanceof NoRuntimeSocket || error instanceof HaproxySilent) return undefined
    throw error
  })
  if (!seen) return
  for (const { pool, backend, wanted, next, health } of question.pools) {
    const views = seen.servers.filter((view) => view.backend === backend)
    const serving = views.filter(isServing)
    const enough = Math.min(wanted, serving.length)
    const goes = serving.filter((view) => !next.some((one) => isStill(one, view)))
    const stay = serving.length - goes.length
    if (stay >= enough) continue
    const coming = next.filter((one) => !views.some((view) => isStill(one, view)))
    const answers = await Promise.all(coming.map((one) => doesAnswer(host, one, health, signal)))
    const after = stay + answers.filter(Boolean).length
    if (after >= enough) continue
    const leaving = goes.map(({ server }) => server)
    throw new TooFewLeft({
      host: host.name,
      after,
      others: views.filter((view) => !goes.includes(view)),
      question: {
        socket: question.socket,
        pool,
        backend,
        wanted,
        leaving,
        servers: views.map(({ server }) => server),
        doing: `a reload without ${leaving.join(', ')}`,
        anyway: question.anyway,
      },
    })
  }
}

/** Does a next one stand for one that is there? A name is enough, unless it is somewhere else now. */
function isStill({ server, endpoint, moved }: SendsTo, view: ServerView): boolean {
  if (server === view.server && moved === undefined) return true
  return endpoint !== undefined && sameAddress(endpoint.address, view.address) && endpoint.port === view.port
}

async function doesAnswer(host: Host, { endpoint }: SendsTo, health: Health, signal?: AbortSignal): Promise<boolean> {
  return endpoint !== undefined && (await illnessOf(host, { ...endpoint, health }, signal)) === null
}

/** Right before it is read. */
export const enoughAfterReload = defineGuard<AfterReload>({
  kind: 'haproxy.enough-after-reload',
  describe: ({ pools }) => ({
    title: `${pools.map(({ pool }) => pool).join(', ')} keep enough servers`,
    commands: ['show servers state'],
  }),
  check: (question, on) => refuseTooFewAfter(on.host, question, on.signal),
  protects: ({ unit }, host) => [daemonThing(host, unit)],
})
