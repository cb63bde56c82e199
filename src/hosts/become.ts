import { BecomeRefused } from './errors.ts'
import type { As, RunResult } from './host.ts'

/** How the login user becomes root; as in zdt.yaml. */
export type Become = 'sudo' | 'none'

/** What stands before an argument vector so that it runs as root. Nothing when the login user is root already. */
export function prefixFor(as: As, become: Become, isRoot: boolean): readonly string[] {
  return as === 'root' && become === 'sudo' && !isRoot ? ['sudo', '-n', '--'] : []
}

// Said under LC_ALL=C by sudo 1.8 and 1.9. sudo exits 1 for these, as the command itself may: hence the words.
const refusals = [
  /^sudo: (a password is required|a terminal is required|sorry, you must have a tty)/m,
  /^sudo: .*(no tty present|account validation failure|unable to execute)/m,
  /^Sorry, user \S+ (is not allowed|may not run)/m,
  /^\S+ is not (in the sudoers file|allowed to (run|execute))/m,
]

/** sudo's own words when it was sudo that said no; undefined when the command ran. */
export function sudoRefusal({ code, stderr }: Pick<RunResult, 'code' | 'stderr'>): string | undefined {
  const words = stderr.toString()
  if (code === 127 && /sudo: not found/.test(words)) return 'sudo: not found'
  return code === 1 && refusals.some((refusal) => refusal.test(words)) ? words.trim() : undefined
}

/** Throws BecomeRefused when sudo said no. */
export function refuseIfSudoSaidNo(host: string, answer: Pick<RunResult, 'code' | 'stderr'>): void {
  const said = sudoRefusal(answer)
  if (said === undefined) return
  throw new BecomeRefused({
    host,
    said,
    suggestions: [
      'allow it in sudoers: `USER ALL=(root) NOPASSWD: ALL`',
      'or set `ssh.become: none` and log in as root',
    ],
  })
}
