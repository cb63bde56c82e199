import { parseRuntimeState, type RuntimeState } from '../../../../../src/daemons/haproxy/kept/runtime-state.ts'
import { answers, fixture, type Version } from '../fixture.ts'

/** The configuration of the recorded worlds. */
export const recordedConfig = fixture('kept.cfg')

/** What a real HAProxy told, of a world in which operators had set something of every kind. */
export function recordedState(version: Version): RuntimeState {
  return parseRuntimeState(answers(`haproxy-${version}/kept.txt`, 3))
}

/** One server of a world, by what is not as usual. */
export type Row = {
  readonly name?: string
  readonly admin?: number
  readonly op?: number
  readonly weight?: number
  readonly initial?: number
  readonly at?: string
}

/** A load balancer with these servers in the backend shop. */
export function worldOf(...rows: readonly Row[]): RuntimeState {
  const head =
    '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_check_state srv_agent_state srv_fqdn srv_port srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'
  const lines = rows.map((row, index) => {
    const { name = 'app1', admin = 0, op = 2, weight = 100, initial = 100, at = '10.0.0.1:80' } = row
    const [address, port] = at.split(':')
    return `7 shop ${index + 1} ${name} ${address} ${op} ${admin} ${weight} ${initial} 6 0 - ${port} 0 0 - - 0`
  })
  return parseRuntimeState([[head, ...lines].join('\n'), '', ''])
}

/** A haproxy.cfg of the backend shop. */
export function shop(...lines: readonly string[]): string {
  return [
    'global',
    'defaults',
    '  default-server weight 100',
    'backend shop',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n')
}
