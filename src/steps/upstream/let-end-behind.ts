import { nginxConnectionsTo } from '../../daemons/nginx/upstream/connections.ts'
import type { On } from '../../engine/step-kind.ts'
import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'
import type { UndoQuestion } from './enough-answer.ts'

/** As long as behind HAProxy: a way back may be an emergency, and nobody is there to ask. */
const patience: Millis = 15_000

/**
 * Lets what the workers of before still have at servers that are taken out again end, before a rollback goes on to what lies
 * beneath it: the application is about to be replaced. When its time is over it goes on all the same.
 */
export async function letEndBehind(on: On, { servers, leaving }: UndoQuestion): Promise<void> {
  const gone = servers.filter(({ name }) => leaving.includes(name))
  const deadline = Date.now() + patience
  for (let inARow = 0; inARow < 2 && Date.now() < deadline;) {
    const open = await Promise.all(gone.map((server) => nginxConnectionsTo(on.host, server, on.signal)))
    inARow = open.every((one) => one === undefined || one.length === 0) ? inARow + 1 : 0
    await sleep(200, on.signal)
  }
}
