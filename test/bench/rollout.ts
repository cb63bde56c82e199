import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeRolloutPlaybook } from './ansible.ts'
import { ratios } from './table.ts'
import { run, takeTurns, type Contestant } from './timing.ts'

/*
 * A rolling rollout of all application servers, in four batches of 25 %: drained, deployed, well for 5 s on their own, back,
 * watched for 10 s. By zdt, and by an Ansible playbook that does the same. Runs inside the lab's network: `rollout.ts ROUNDS
 * [ansible]`.
 */
const rounds = Number(process.argv[2] ?? 1)
const withAnsible = process.argv[3] === 'ansible'
const [batches, settle, minHealthy] = [4, 5, 10] as const
const waits = batches * (settle + minHealthy) * 1000
const dir = await mkdtemp(join(tmpdir(), 'zdt-bench-'))
const fleet = process.env['ZDT_FLEET'] ?? ''
const hosts = (await readFile(fleet, 'utf8')).matchAll(/^ {2}(app\d+): \{ address: ([\d.]+)/gm)
const apps = new Map([...hosts].map(([, name = '', address = '']) => [name, address]))
let version = 1

/** Each turn is another version: there is always something to do. */
const next = () => `2.0.${version++}`

async function zdt(): Promise<number> {
  const times = ['--settle', `${settle}s`, '--min-healthy', `${minHealthy}s`]
  const argv = ['zdt', 'rollout', 'shop', '--to', next(), '--batch', '25%', ...times, '--yes', '--json']
  return (await run([argv], { ...process.env, XDG_STATE_HOME: dir })).took
}

try {
  const contestants: Record<string, Contestant> = { zdt }
  if (withAnsible) {
    const playbook = await writeRolloutPlaybook(dir, { apps, settle, minHealthy }, join(dirname(fleet), 'ssh_config'))
    const env = { ...process.env, ANSIBLE_CONFIG: join(dir, 'ansible.cfg'), ANSIBLE_HOME: dir, LC_ALL: 'C.UTF-8' }
    contestants['ansible'] = async () => (await run([[...playbook, '-e', `version=${next()}`]], env)).took
  }
  const took: Record<string, number[]> = await takeTurns(contestants, rounds)
  const { zdt: own = [], ansible } = took
  const rows = [
    { what: 'the waits that are asked for', took: [waits] },
    ...(ansible
      ? [{ what: 'ansible-playbook, serial: 25%', took: ansible, against: { took: [waits], goal: '' } }]
      : []),
    { what: 'zdt rollout --batch 25%', took: own, against: { took: [waits], goal: '<= 1.3 x the waits' } },
  ]
  process.stdout.write(`${ratios(`rolling rollout of ${apps.size} servers in ${batches} batches`, rows)}\n`)
} finally {
  await rm(dir, { recursive: true })
}
