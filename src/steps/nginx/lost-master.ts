import { NoUseWaiting } from '../../engine/step-kind.ts'
import type { NginxPhase } from '../../daemons/nginx/phase.ts'
import type { ProcessId } from '../../daemons/signal-process.ts'
import { same } from './look.ts'

/** Two masters were expected and are not there: says which one is gone, where that can be told. */
export function lostMaster(host: string, phase: NginxPhase, old?: ProcessId): NoUseWaiting {
  if (phase.phase === 'none') return new NoUseWaiting('no nginx runs any more', { host })
  if (phase.phase === 'single' && old) {
    const which = same(phase.master, old) ? 'new' : 'old'
    return new NoUseWaiting(`the ${which} master did not last: ${phase.master.pid} is left`, { host })
  }
  return new NoUseWaiting(`the new master did not last (phase ${phase.phase})`, { host })
}
