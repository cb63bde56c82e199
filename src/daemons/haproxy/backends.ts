import type { BackendView } from './server-view.ts'
import { type Row, numberOf, textOf } from './tables.ts'

/** Algorithms whose weights can be anything while HAProxy runs (configuration manual, `balance`). */
const dynamic: ReadonlySet<string> = new Set(['roundrobin', 'leastconn', 'first', 'random'])

/** Which weights a backend takes at runtime, from the algorithm that `show stat` names. */
export function weightsOf(algorithm: string | undefined): BackendView['weights'] {
  if (algorithm === undefined) return 'unknown'
  if (dynamic.has(algorithm)) return 'any'
  // Hashes take any weight with `hash-type consistent`, and all or nothing with the default, `map-based`.
  return algorithm === 'static-rr' ? 'all or nothing' : 'unknown'
}

/** Reads a BACKEND row of `show stat`. */
export function backendOf(row: Row): BackendView {
  const algorithm = textOf(row, 'algo')
  return {
    backend: row.get('pxname') ?? '',
    mode: textOf(row, 'mode'),
    algorithm,
    weights: weightsOf(algorithm),
    cookie: textOf(row, 'cookie'),
    queued: numberOf(row, 'qcur') ?? 0,
    status: row.get('status') ?? '',
  }
}
