import type { Place } from '../commands.ts'
import { says, type ConfiguredServer } from '../config/configured.ts'
import type { Carried } from './keeping.ts'
import type { RuntimeState } from './runtime-state.ts'

/** What a state file says of a server that has never run. */
const fresh: Readonly<Record<string, string>> = {
  srv_op_state: '0',
  srv_time_since_last_change: '0',
  // "Initializing": with 0, "unknown", its checks never run (2.6, 3.0).
  srv_check_status: '1',
  srv_check_result: '0',
  srv_check_health: '0',
  srv_agent_state: '0',
  srv_f_forced_id: '0',
  srv_fqdn: '-',
  srvrecord: '-',
}

/**
 * Servers that the running worker has not, carried over the reload as if it had them in maintenance: the first request of the
 * new worker is not sent to them. What a state file says of their backend is as it says it of the others there; one that is
 * the first of its backend, or looked up by name, begins as it is configured.
 */
export function newInMaintenance(
  { columns, servers }: RuntimeState,
  to: readonly ConfiguredServer[],
  atRest: readonly Place[],
): Carried[] {
  return to.flatMap((one) => {
    const { backend, server, endpoint, keywords, ssl } = one
    const isThis = (other: Place) => other.backend === backend && other.server === server
    const beside = servers.find((other) => other.backend === backend)
    if (!atRest.some(isThis) || servers.some(isThis) || !endpoint || !beside) return []
    const weight = one.weight ?? 1
    const isChecked = says(keywords, 'check')
    const own: Readonly<Record<string, string>> = {
      ...fresh,
      srv_id: String(1 + Math.max(...servers.map(({ cells }) => Number(cells[columns.indexOf('srv_id')] ?? 0)))),
      srv_addr: endpoint.address,
      srv_check_state: isChecked ? '6' : '0',
    }
    const from = {
      backend,
      server,
      admin: 'maint' as const,
      disabled: one.disabled,
      op: 'stopped' as const,
      weight,
      initialWeight: weight,
      ...endpoint,
      ssl,
      check: isChecked ? ('on' as const) : ('none' as const),
      agent: 'none' as const,
      backup: false,
      cells: columns.map((name, index) => own[name] ?? beside.cells[index] ?? '-'),
    }
    return [{ backend, server, from, to: one, wish: { admin: 'maint' as const } }]
  })
}
