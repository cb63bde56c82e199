import type { Carried, Keeping } from './keeping.ts'
import type { RuntimeState } from './runtime-state.ts'

const bits = { ready: 0, drain: 0x08, maint: 0x01 } as const
const configuredDisabled = 0x04
const [stopped, running] = ['0', '2'] as const

function adminBits({ to, wish }: Carried): number {
  const admin = wish.admin ?? (to.disabled ? 'maint' : 'ready')
  // HAProxy takes it for a changed configuration, which wins, when this bit is not as the new configuration has it.
  return bits[admin] | (to.disabled ? configuredDisabled : 0)
}

/** Out of maintenance there is no verdict of a check to carry over; nor is there at an address that is another. */
function opState({ from, to, wish }: Carried, was: string): string {
  const admin = wish.admin ?? (to.disabled ? 'maint' : 'ready')
  if (from.admin === 'maint' && admin !== 'maint') return from.check === 'none' ? running : stopped
  const { address, port } = wish.endpoint ?? to.endpoint ?? from
  return address === from.address && port === from.port ? was : running
}

/**
 * The file that HAProxy loads at the reload (`server-state-file`), so that the new worker's first request already finds
 * every server as it was: drained, in maintenance, down. Written by zdt rather than taken from `show servers state`, for
 * HAProxy lets the state's port and TLS win over a changed configuration's (2.6, 3.0): a server that was given another
 * port would keep the old one.
 */
export function stateFile({ columns }: RuntimeState, { carried }: Keeping): string {
  const rows = carried.map((server) => {
    const { from, to, wish } = server
    const weight = to.weight ?? from.initialWeight
    const changed: Readonly<Record<string, string>> = {
      be_name: server.backend,
      srv_name: server.server,
      srv_admin_state: String(adminBits(server)),
      srv_uweight: String(wish.weight ?? weight),
      srv_iweight: String(weight),
      srv_port: String((wish.endpoint ?? to.endpoint ?? from).port),
      srv_use_ssl: to.ssl ? '1' : '0',
      // 0 and - are not applied: the configuration's hold.
      srv_check_port: '0',
      srv_check_addr: '-',
      srv_agent_addr: '-',
      srv_agent_port: '0',
    }
    return columns
      .map((name, index) => {
        const was = from.cells[index] ?? '-'
        return name === 'srv_op_state' ? opState(server, was) : (changed[name] ?? was)
      })
      .join(' ')
  })
  return ['1', `# ${columns.join(' ')}`, ...rows, ''].join('\n')
}
