import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ratios } from './table.ts'
import { run, takeTurns } from './timing.ts'

/*
 * Apply of a fleet in which nothing differs, on four hosts: by zdt, and by a raw ssh and sha256sum each. Runs inside the
 * lab's network: `apply.ts ROUNDS`.
 */
const rounds = Number(process.argv[2] ?? 15)
const dir = await mkdtemp(join(tmpdir(), 'zdt-bench-'))
const file = join(dir, 'zdt.yaml')
const env = { ...process.env, ZDT_FLEET: file, XDG_STATE_HOME: join(dir, 'state') }
const files = { lb1: 'haproxy', lb2: 'haproxy', web1: 'nginx', web2: 'nginx' } as const

async function edit(name: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(dir, name), change(await readFile(join(dir, name), 'utf8')))
}

/** What the hosts have, as templates: so that nothing differs. */
async function templates(): Promise<void> {
  await copyFile(process.env['ZDT_FLEET'] ?? '', file)
  for (const host of ['lb1', 'web1']) await run([['zdt', 'import', host]], env)
  await edit('haproxy-edge.cfg.hbs', (text) => text.replaceAll('10.77.0.11:', '{{host.address}}:'))
  await edit('nginx-web.conf.hbs', (text) => text.replaceAll('web1', '{{host.name}}'))
  await edit('zdt.yaml', (text) =>
    text
      .replace('edge: { hosts: [lb1, lb2] }', 'edge: { hosts: [lb1, lb2], template: haproxy-edge.cfg.hbs }')
      .replace('web: { hosts: [web1, web2] }', 'web: { hosts: [web1, web2], template: nginx-web.conf.hbs }'),
  )
}

const ssh = async () => {
  const commands = Object.entries(files).map(([host, daemon]) => {
    const path = daemon === 'haproxy' ? '/etc/haproxy/haproxy.cfg' : '/etc/nginx/nginx.conf'
    return ['ssh', host, `sudo -n sha256sum ${path}`]
  })
  return (await run(commands)).took
}
const zdt = async () => {
  const { took, stdout } = await run([['zdt', 'apply', 'haproxy', 'nginx', '--yes']], env)
  if (!stdout[0]?.includes('every file is as')) throw new Error(`something differs: ${stdout[0] ?? ''}`)
  return took
}

try {
  await templates()
  const took = await takeTurns({ ssh, zdt }, rounds)
  process.stdout.write(
    `${ratios('apply of four hosts where nothing differs: median (fastest)', [
      { what: 'four ssh side by side, sha256sum', took: took.ssh },
      { what: 'zdt apply', took: took.zdt, against: { took: took.ssh, goal: '< 1.5 x ssh' } },
    ])}\n`,
  )
} finally {
  await rm(dir, { recursive: true })
}
