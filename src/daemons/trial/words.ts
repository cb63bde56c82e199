import type { RunOptions } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Millis } from '../../lib/types.ts'
import type { Staged } from '../staged.ts'
import { outside } from './outside.ts'

/** How long a trial may take. */
export interface TrialTimes {
  /** How long the daemon must live, default 1 s: it is looked at half-way and at the end. */
  readonly watch?: Millis
  /** When it is killed, whatever it does, default 20 s. */
  readonly limit?: Millis
}

/** How a trial is made: what its commands may be given, too. */
export interface TrialOptions extends Omit<RunOptions, 'as' | 'input' | 'timeout'>, TrialTimes {
  /** A directory of packages on the host that are unpacked in there. */
  readonly packages?: string
}

/** What is tried. */
export interface Tried extends TrialTimes {
  /** The script that runs in there; begins with the world. */
  readonly inside: string
  /** The running one, by its pid or by its unit. */
  readonly master: number | { readonly unit: string }
  readonly files: readonly Staged[]
  /** A directory of packages that are tried with it. */
  readonly packages?: string
  /** For `inside`, behind half of `watch` in seconds. */
  readonly words: readonly string[]
}

/** The command of a trial. Throws when a path has a line end in it, which no configuration can name. */
export function trialCommand({
  inside,
  master,
  files,
  packages = '',
  words,
  watch = 1000,
  limit = 20_000,
}: Tried): string[] {
  const lines = files.flatMap(({ path, staged }) => [path, staged])
  const odd = lines.find((path) => !path.startsWith('/') || path.includes('\n'))
  if (odd !== undefined)
    throw new ZdtError(`${JSON.stringify(odd)} is no absolute path`, { code: 'odd-path', exit: 'usage' })
  const [pid, unit] = typeof master === 'number' ? [String(master), ''] : ['', master.unit]
  const bounded = [pid, unit, String(Math.ceil(limit / 1000)), lines.join('\n'), packages]
  return ['sh', '-c', outside, 'zdt-trial', inside, ...bounded, (watch / 2000).toFixed(3), ...words]
}
