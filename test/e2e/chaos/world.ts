import { readFileSync } from 'node:fs'
import { quote } from '../../../src/lib/quote.ts'
import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'

/**
 * What is true of every host that zdt can touch, one fact a line, in order: two worlds are the same when their facts are.
 * Names of runs are `RUN`; pids, and how far checks have come, are left out.
 */
export type World = readonly string[]

/** The hosts whose world it is. */
export const hosts = ['lb1', 'lb2', 'web1', 'web2', 'app1', 'app2', 'app3'] as const

/*
 * Asked of the daemons, the files and the processes themselves, without ssh and without zdt's own eyes. Leases, temporary
 * files and processes are facts like the others: what a run forgets is a fact too many. Whose a process is its control
 * group tells: whatever a session of ssh began is ours, by whichever name, but not sshd's own processes, which stay where
 * a network swallowed the end of a connection (TCP keepalive ends them); of the daemons each counts, and what systemd does
 * for itself is nobody's business. Who holds the VIP, and what a hand-off sets up (tables, an address on lo, settings, timers),
 * the kernel and systemd tell.
 */
const look = quote(['exec', 'perl', '-e', readFileSync(new URL('world.pl', import.meta.url), 'utf8')])

/** Looks at hosts side by side, all of them by default. */
export async function worldOf(lab: Lab, of: readonly string[] = hosts): Promise<World> {
  const facts = await Promise.all(of.map(async (host) => (await factsOf(lab, host)).map((fact) => `${host} ${fact}`)))
  return facts.flat().toSorted()
}

async function factsOf(lab: Lab, host: string): Promise<string[]> {
  const lines = (await fromOutside(lab, host, look)).split('\n').filter((line) => line !== '')
  const servers = lines.filter((line) => line.startsWith('haproxy ')).map((line) => line.slice('haproxy '.length))
  const others = lines.filter((line) => !line.startsWith('haproxy ') && !/^nginx \/run\/nginx.pid /.test(line))
  return [...others.map(withoutChance), ...seatsIn(servers)]
}

/** Without what differs from one look to the next and means nothing. */
function withoutChance(fact: string): string {
  return fact.replace(/\.zdt-[0-9A-Z]{6}\b/g, '.zdt-RUN')
}

/** What an operator can have set of each server; whether it is up only where it is to serve. */
function seatsIn([, head = '', ...rows]: readonly string[]): string[] {
  const names = head.replace('# ', '').split(' ')
  return rows.filter(Boolean).map((row) => {
    const cells = row.split(' ')
    const cell = (column: string) => cells[names.indexOf(column)] ?? ''
    const admin = Number(cell('srv_admin_state'))
    const state = { 0: `ready ${cell('srv_op_state') === '2' ? 'up' : 'down'}`, 1: 'maint', 8: 'drain' }[admin] ?? admin
    // 1, that a check is under way, comes and goes by itself.
    const agent = Number(cell('srv_agent_state')) & ~1
    return `seat ${cell('be_name')}/${cell('srv_name')} state ${state} weight ${cell('srv_uweight')} agent ${agent}`
  })
}

/** What is there too much (+) and what is missing (-). */
export function differences(is: World, expected: World): string[] {
  const rest = [...expected]
  const more = is.filter((fact) => {
    const index = rest.indexOf(fact)
    if (index === -1) return true
    rest.splice(index, 1)
    return false
  })
  return [...more.map((fact) => `+ ${fact}`), ...rest.map((fact) => `- ${fact}`)]
}

/** The hosts that differences are of. */
export function hostsIn(unlike: readonly string[]): string[] {
  return hosts.filter((host) => unlike.some((fact) => fact.slice(2).startsWith(`${host} `)))
}

/** The world with what fits the pattern otherwise. */
export function replaced(world: World, pattern: RegExp, by: string): World {
  return world.map((fact) => fact.replace(pattern, by))
}
