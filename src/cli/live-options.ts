import { say } from './say.ts'

/** The flags of a command that puts a configuration live, parsed. */
interface Given {
  readonly timeout: number
  readonly 'allow-empty': boolean
  readonly 'in-place': boolean
  readonly 'wait-old-workers': boolean
  readonly 'accept-drift': boolean
  readonly yes: boolean
  readonly 'dry-run': boolean
}

/** How a configuration is put live, as the operator said it. */
export function liveOptions(flags: Given) {
  return {
    timeout: flags.timeout,
    allowEmpty: flags['allow-empty'],
    inPlace: flags['in-place'],
    waitOldWorkers: flags['wait-old-workers'],
    mayOverwrite: mayOverwrite(flags),
  }
}

/** Whether files that somebody else has written may be overwritten: told by the flag, asked for at a terminal, else no. */
function mayOverwrite(flags: Given): (lines: readonly string[]) => Promise<boolean> {
  const agreed = new Set<string>()
  return async (lines) => {
    if (flags['accept-drift'] || flags['dry-run']) return true
    const fresh = lines.filter((line) => !agreed.has(line))
    if (fresh.length === 0) return true
    if (flags.yes) return false
    for (const line of fresh) say(line)
    const { confirm } = await import('@inquirer/prompts')
    const message = 'Overwrite? The host keeps it as a version.'
    const answer = await confirm({ message, default: false }, { output: process.stderr }).catch(() => false)
    if (answer) fresh.forEach((line) => agreed.add(line))
    return answer
  }
}
