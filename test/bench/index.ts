import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageDir } from '../../src/lab/paths.ts'
import { installAnsible, installPython } from './ansible.ts'
import { balancers } from './balancers.ts'
import { start } from './start.ts'

/* `npm run bench`: prints what was measured, and asserts nothing. The lab is its own, and is taken away. */
const zdt = join(packageDir, 'bin/zdt')

async function shown(argv: readonly string[]): Promise<void> {
  const [file = '', ...args] = argv
  const [code] = (await once(spawn(file, args, { stdio: 'inherit' }), 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${argv.join(' ')} exited ${code}`)
}

process.stdout.write(`${await start(20)}\n`)
try {
  await shown([zdt, 'lab', 'up', '--name', 'bench'])
  const withAnsible = await installAnsible()
  if (withAnsible) await installPython('bench', balancers)
  const drain = [process.execPath, join(import.meta.dirname, 'drain.ts'), '15', ...(withAnsible ? ['ansible'] : [])]
  await shown([zdt, 'lab', 'exec', '--name', 'bench', '--', ...drain])
  const leases = [process.execPath, join(import.meta.dirname, 'leases.ts'), '7']
  await shown([zdt, 'lab', 'exec', '--name', 'bench', '--', ...leases])
  const apply = [process.execPath, join(import.meta.dirname, 'apply.ts'), '15']
  await shown([zdt, 'lab', 'exec', '--name', 'bench', '--', ...apply])
  const failover = [process.execPath, join(import.meta.dirname, 'failover.ts'), '3']
  await shown([zdt, 'lab', 'exec', '--name', 'bench', '--', ...failover])
} finally {
  await shown([zdt, 'lab', 'down', '--name', 'bench'])
}
try {
  await shown([zdt, 'lab', 'up', '--name', 'bench20', '--apps', '20'])
  const withAnsible = await installAnsible()
  if (withAnsible) await installPython('bench20', balancers)
  const rollout = [process.execPath, join(import.meta.dirname, 'rollout.ts'), '1', ...(withAnsible ? ['ansible'] : [])]
  await shown([zdt, 'lab', 'exec', '--name', 'bench20', '--', ...rollout])
} finally {
  await shown([zdt, 'lab', 'down', '--name', 'bench20'])
}
