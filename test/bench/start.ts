import { join } from 'node:path'
import { packageDir } from '../../src/lab/paths.ts'
import { ratios } from './table.ts'
import { run, takeTurns } from './timing.ts'

/** How long zdt takes to begin, against a Node that does nothing. */
export async function start(rounds: number): Promise<string> {
  const node = process.execPath
  const zdt = join(packageDir, 'bin/run.js')
  const timed =
    (...argv: string[]) =>
    async () =>
      (await run([argv])).took
  const took = await takeTurns(
    {
      node: timed(node, '-e', '0'),
      version: timed(node, zdt, '--version'),
      help: timed(node, zdt, '--help'),
      drainHelp: timed(node, zdt, 'drain', '--help'),
    },
    rounds,
  )
  const against = { took: took.node, goal: '<= 4 x node' }
  return ratios('start: median (fastest)', [
    { what: 'node -e 0', took: took.node },
    { what: 'zdt --version', took: took.version, against },
    { what: 'zdt --help', took: took.help, against },
    { what: 'zdt drain --help', took: took.drainHelp, against },
  ])
}
