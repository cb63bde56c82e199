import { askFromOutside } from './from-outside.ts'
import type { Lab } from './lab.ts'

/** A row of `show stat`, by the names of its header. */
export type StatRow = Readonly<Record<string, string>>

/** A load balancer of the lab, asked and told from outside, and over the system's ssh: nothing of zdt's own client is used. */
export interface Balancer {
  readonly name: string
  readonly address: string
  /** The answer to a command of HAProxy's runtime CLI. */
  ask(command: string): Promise<string>
  /** The same, of the master process. */
  askMaster(command: string): Promise<string>
  /** Gives orders; HAProxy is silent when it obeys. Rejects with what it says otherwise. */
  order(...commands: readonly string[]): Promise<void>
  /** HAProxy's own word for a server, without how far its checks are: `UP`, `DRAIN`, `MAINT`, `DOWN`, `no check`. */
  status(seat: string): Promise<string>
  /** Is a server's agent check listened to? */
  agent(seat: string): Promise<'none' | 'off' | 'heard'>
  /** A server's row of `show stat`. */
  stat(seat: string): Promise<StatRow>
  /** All that an operator can have set, of every server: admin state, weight, agent. To compare before and after. */
  settings(): Promise<string>
  /** A line for its shell, as deploy. Rejects unless it ends with 0. */
  sh(line: string): Promise<string>
}

export function balancerOf(lab: Lab, name: string, address: string): Balancer {
  const sh = (line: string) => shellOn(lab, name, line)
  const asked = async (socket: string, line: string) => (await askFromOutside(lab, name, socket, line)).trim()
  const ask: Balancer['ask'] = (command) => asked('/run/haproxy/admin.sock', command)
  const stat = async (seat: string): Promise<StatRow> => {
    const [backend = '', server = ''] = seat.split('/')
    const answer = await ask('show stat -1 4 -1')
    const [head = '', ...rows] = answer.replace('# ', '').split('\n')
    const names = head.split(',')
    const cells = rows.map((row) => row.split(',')).find((row) => row[0] === backend && row[1] === server)
    if (cells === undefined) throw new Error(`${name} has no ${seat}: ${answer}`)
    return Object.fromEntries(names.map((column, index) => [column, cells[index] ?? '']))
  }
  const settings = async () => {
    const [, head = '', ...rows] = (await ask('show servers state')).split('\n')
    const names = head.replace('# ', '').split(' ')
    return rows
      .map((row) => row.split(' '))
      .map((cells) => (column: string) => cells[names.indexOf(column)] ?? '')
      .map((cell) => {
        // 1 in progress comes and goes by itself.
        const agent = Number(cell('srv_agent_state')) & ~1
        return `${cell('be_name')}/${cell('srv_name')} ${cell('srv_admin_state')} ${cell('srv_uweight')} ${agent}`
      })
      .join('\n')
  }
  return {
    name,
    address,
    ask,
    askMaster: (command) => asked('/run/haproxy-master.sock', command),
    order: async (...commands) => {
      const said = await ask(commands.join(';'))
      if (said !== '') throw new Error(`${name}: ${commands.join('; ')}: ${said}`)
    },
    stat,
    status: async (seat) => ((await stat(seat))['status'] ?? '').replace(/ \d+\/\d+$/, ''),
    agent: async (seat) => {
      const row = (await settings()).split('\n').find((line) => line.startsWith(`${seat} `)) ?? ''
      // srv_agent_state: 2 configured, 4 enabled.
      const bits = Number(row.split(' ').at(-1))
      return (bits & 2) === 0 ? 'none' : (bits & 4) === 0 ? 'off' : 'heard'
    },
    settings,
    sh,
  }
}

/** A line for a lab host's shell. Throws when it does not end well. */
export async function shellOn(lab: Lab, host: string, line: string): Promise<string> {
  const { code, stdout, stderr } = await lab.ssh(host, line, { timeout: 90_000 })
  if (code !== 0) throw new Error(`${host}: ${line}: ended with ${code}: ${stdout}${stderr}`)
  return stdout
}
