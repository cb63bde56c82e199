import type { Awaited, On } from '../../engine/step-kind.ts'
import { ZdtError } from '../../lib/errors.ts'

/** What may be over in a moment: a cut connection, HAProxy in mid-reload. A refused key or a missing server is not. */
const passing: ReadonlySet<string> = new Set([
  'host-unreachable',
  'host-timeout',
  'haproxy-no-socket',
  'haproxy-silent',
  'haproxy-answer',
  'haproxy-worker-gone',
])

/**
 * A look of a wait that outlives a cut connection: the host is connected to anew, and what cannot be seen at the moment is
 * awaited like anything else until the wait's own time is over. Nothing was changed meanwhile, so nothing is lost by it.
 * `also`: codes of errors that pass as well.
 */
export async function lookAgain(
  on: On,
  look: (on: On) => Promise<Awaited>,
  also: readonly string[] = [],
): Promise<Awaited> {
  try {
    return await look({ ...on, host: await on.other(on.host.name) })
  } catch (error) {
    on.signal.throwIfAborted()
    if (!(error instanceof ZdtError) || ![...passing, ...also].includes(error.code)) throw error
    return { done: false, awaiting: [`${error.host ?? on.host.name}  cannot be asked: ${error.said ?? error.message}`] }
  }
}
