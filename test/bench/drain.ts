import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Event } from '../../src/engine/events.ts'
import { writePlaybook } from './ansible.ts'
import { balancers } from './balancers.ts'
import { ratios } from './table.ts'
import { run, takeTurns, type Contestant } from './timing.ts'
import { waitsOf } from './waits.ts'

/*
 * Drain and ready of app2, which nobody is connected to, on lb1 and lb2: by zdt, by raw ssh and by Ansible. Runs inside
 * the lab's network: `drain.ts ROUNDS [ansible]`.
 */
const orders = ['set server shop/app2 state drain', 'set server shop/app2 state ready']

/** One ssh a load balancer, side by side: the least that it can take. */
async function rawSsh(): Promise<number> {
  let sum = 0
  for (const order of orders) {
    const line = `echo '${order}' | sudo -n socat - UNIX-CONNECT:/run/haproxy/admin.sock`
    sum += (await run(balancers.map((host) => ['ssh', host, line]))).took
  }
  return sum
}

/** zdt's own way; `waited` is how long its wait steps waited, by its journals. */
async function zdt(state: string): Promise<{ took: number; waited: number }> {
  let took = 0
  let waited = 0
  for (const verb of ['drain', 'ready']) {
    const one = await run([['zdt', verb, 'app2', '--yes', '--json']], { ...process.env, XDG_STATE_HOME: state })
    took += one.took
    const { run: id } = JSON.parse(one.stdout[0] ?? '') as { run: string }
    waited += waitsOf(await eventsIn(join(state, 'zdt/runs', `${id}.ndjson`)))
  }
  return { took, waited }
}

async function eventsIn(journal: string): Promise<Event[]> {
  const lines = (await readFile(journal, 'utf8')).trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Event)
}

const rounds = Number(process.argv[2] ?? 5)
const withAnsible = process.argv[3] === 'ansible'
const dir = await mkdtemp(join(tmpdir(), 'zdt-bench-'))
try {
  const playbook = await writePlaybook(dir, balancers, join(dirname(process.env['ZDT_FLEET'] ?? ''), 'ssh_config'))
  const env = { ...process.env, ANSIBLE_CONFIG: join(dir, 'ansible.cfg'), ANSIBLE_HOME: dir, LC_ALL: 'C.UTF-8' }
  const waits: number[] = []
  const once = async (): Promise<number> => {
    const one = await zdt(dir)
    waits.push(one.waited)
    return one.took
  }
  const contestants: Record<string, Contestant> = { ssh: rawSsh, zdt: once }
  if (withAnsible) contestants['ansible'] = async () => (await run([playbook], env)).took
  const took: Record<string, number[]> = await takeTurns(contestants, rounds)
  const { ssh = [], ansible, zdt: whole = [] } = took
  // The first turn of each is not counted.
  const waited = waits.slice(1)
  const working = whole.map((time, index) => time - (waited[index] ?? 0))
  const against = ansible && { took: ansible, goal: '< 1 x ansible' }
  const rows = [
    { what: 'two ssh side by side, twice', took: ssh },
    { what: 'zdt drain, zdt ready, less their waits', took: working, against: { took: ssh, goal: '<= 3 x ssh' } },
    ...(ansible ? [{ what: 'ansible-playbook, two tasks that wait for nothing', took: ansible }] : []),
    ...(against ? [{ what: 'zdt drain, zdt ready, less their waits', took: working, against }] : []),
    { what: "zdt's waits: nobody is connected, a fresh check", took: waited },
    { what: 'zdt drain, zdt ready, all in all', took: whole },
  ]
  const title = 'drain + ready of an idle server on two load balancers, without waits: median (fastest)'
  process.stdout.write(`${ratios(title, rows)}\n`)
} finally {
  await rm(dir, { recursive: true })
}
