import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aptProxy } from '../../src/lab/base/mirror.ts'
import { hostPaths, labPaths } from '../../src/lab/paths.ts'
import { run } from './timing.ts'

/** Whether Ansible is there; installs it by apt where it can. The bench goes without it otherwise. */
export async function installAnsible(): Promise<boolean> {
  const found = async () =>
    await run([['ansible-playbook', '--version']]).then(
      () => true,
      () => false,
    )
  if (await found()) return true
  process.stderr.write('bench: installing ansible\n')
  await run([['apt-get', 'install', '--yes', '-qq', '--no-install-recommends', 'ansible']]).catch(() => undefined)
  return await found()
}

/** Ansible's modules need the whole of Python's library on the hosts, which the lab's have not. */
export async function installPython(lab: string, hosts: readonly string[]): Promise<void> {
  const env = { ...process.env, ...(await aptProxy()), DEBIAN_FRONTEND: 'noninteractive' }
  const script = `touch "$1/etc/resolv.conf" && mount --bind /etc/resolv.conf "$1/etc/resolv.conf" &&
chroot "$1" sh -ec 'apt-get -qq update; apt-get -qq --yes --no-install-recommends install python3'`
  await run(
    hosts.map((host) => ['unshare', '--mount', 'sh', '-c', script, 'sh', hostPaths(labPaths(lab), host).root]),
    env,
  )
}

/** A playbook of a drain and a ready, as fast as Ansible goes: pipelining, no facts, connections kept. Returns its argv. */
export async function writePlaybook(dir: string, hosts: readonly string[], sshConfig: string): Promise<string[]> {
  const task = (state: string) => `    - community.general.haproxy:
        { state: ${state}, host: app2, backend: shop, socket: /run/haproxy/admin.sock }
`
  const files = {
    'ansible.cfg': configuration(sshConfig),
    'hosts.ini': hosts.map((host) => `${host}\n`).join(''),
    'play.yml': `- hosts: all
  become: true
  gather_facts: false
  tasks:
${task('drain')}${task('enabled')}`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return ['ansible-playbook', '-i', join(dir, 'hosts.ini'), join(dir, 'play.yml')]
}

/**
 * A playbook of a rolling rollout of the shop, batch by batch, with what a careful operator writes: drained at every load balancer until
 * nobody is connected, deployed, asked for its version, left alone for a while, back, and watched for a while. Returns its argv.
 */
export async function writeRolloutPlaybook(
  dir: string,
  {
    apps,
    settle,
    minHealthy,
  }: { readonly apps: ReadonlyMap<string, string>; readonly settle: number; readonly minHealthy: number },
  sshConfig: string,
): Promise<string[]> {
  const seat = (state: string, more: string) => `    - community.general.haproxy:
        { state: ${state}, host: "{{ inventory_hostname }}", backend: shop, socket: /run/haproxy/admin.sock, ${more} }
      become: true
      delegate_to: "{{ item }}"
      loop: [lb1, lb2]
`
  const files = {
    'ansible.cfg': configuration(sshConfig),
    'hosts.ini': [...apps].map(([app, address]) => `${app} address=${address}\n`).join(''),
    'rollout.yml': `- hosts: all
  gather_facts: false
  serial: "25%"
  tasks:
${seat('drain', 'wait: true')}    - raw: sudo shop-deploy {{ version }}
    - uri: { url: "http://{{ address }}:8080/version", return_content: true }
      delegate_to: localhost
      register: said
      until: said.content is defined and said.content | trim == version
      retries: 50
      delay: 1
    - pause: { seconds: ${settle} }
${seat('enabled', 'wait: true')}    - pause: { seconds: ${minHealthy} }
`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return ['ansible-playbook', '-i', join(dir, 'hosts.ini'), join(dir, 'rollout.yml')]
}

/** As fast as Ansible goes: pipelining, connections kept. */
function configuration(sshConfig: string): string {
  return `[defaults]
forks = 10
interpreter_python = /usr/bin/python3
[ssh_connection]
pipelining = true
ssh_args = -F ${sshConfig} -o ControlMaster=auto -o ControlPersist=60s
`
}
