import type { Hook } from '../../fleet/runbook/runbook.ts'
import { runHere } from '../../hosts/run-here.ts'
import { formatDuration } from '../../lib/durations.ts'
import { ZdtError } from '../../lib/errors.ts'
import { quote } from '../../lib/quote.ts'
import { clean } from '../../views/clean.ts'
import { say } from '../say.ts'

/** What a hook is told of the step, in its environment. */
export interface HookWorld {
  /** The runbook's run, and the step's own. */
  readonly run: string
  readonly stepRun: string
  readonly number: number
  readonly name: string
  readonly hosts: readonly string[]
}

/** A hook said no, or did not answer. */
export class HookFailed extends ZdtError {
  constructor(when: string, { argv }: Hook, why: string, said: string) {
    super(`${quote(argv)}, ${when}, ${why}`, { code: 'hook-failed', exit: 'left', ...(said !== '' && { said }) })
  }
}

/** Runs hooks one after the other, on this machine and by no shell. Throws HookFailed at the first that does not end with 0. */
export async function runHooks(hooks: readonly Hook[], when: 'before' | 'after', world: HookWorld): Promise<void> {
  for (const hook of hooks) {
    const { argv, directory, timeout } = hook
    say(`  ${when}: ${clean(quote(argv))} (${formatDuration(timeout)} at the most)`)
    const env = { ...process.env, ...environment(when, world) }
    const ended = await runHere(directory, argv, { timeout, env }).catch((error: unknown) => {
      if (!(error instanceof ZdtError)) throw error
      throw new HookFailed(when, hook, 'did not end', error.said ?? error.message)
    })
    const said = `${ended.stdout.toString()}${ended.stderr.toString()}`.trim()
    if (ended.code !== 0) throw new HookFailed(when, hook, `ended with ${ended.code}`, said)
    if (said !== '')
      say(
        said
          .split('\n')
          .map((line) => `    ${clean(line)}`)
          .join('\n'),
      )
  }
}

function environment(when: string, { run, stepRun, number, name, hosts }: HookWorld): Readonly<Record<string, string>> {
  return {
    ZDT_HOOK: when,
    ZDT_RUN: run,
    ZDT_STEP_RUN: stepRun,
    ZDT_STEP: String(number),
    ZDT_STEP_NAME: name,
    ZDT_HOST: hosts[0] ?? '',
    ZDT_HOSTS: hosts.join(' '),
  }
}
