import type { Host } from '../../hosts/host.ts'
import type { Listener } from '../listeners.ts'
import { readTrial, type TrialOutcome } from '../trial/report.ts'
import { trialCommand, type TrialOptions, type TrialTimes } from '../trial/words.ts'
import type { Staged } from '../staged.ts'
import { argvOf } from './argv.ts'
import { parseLogLines, type LogLine } from './log-lines.ts'
import type { NginxMaster } from './picture.ts'
import { roleOf } from './process.ts'
import { nginxInside } from './trial-script.ts'

/** How a trial start ended. Plain data: it may be shown and journaled. */
export type TrialReport = {
  readonly outcome: TrialOutcome
  /** Its own words, or the kernel's, for the operator. */
  readonly said: string
  readonly workers: number
  /** What it logged; `[alert] … exited with fatal code` says why there is no worker. */
  readonly log: readonly LogLine[]
  /** What it listens on, in a network of its own: an address in use on the host is not seen here, but may be compared. */
  readonly listeners: readonly Listener[]
}

/** Reads the answer of the trial. */
export function parseTrial(answer: string): TrialReport {
  const { ended, all, frame, text, listeners } = readTrial(answer)
  const nothing = { workers: 0, log: [], listeners: [] }
  if (ended !== undefined) return { ...ended, ...nothing, log: parseLogLines(ended.said) }
  const said = text('start')
  if (frame('start')?.argument !== '0') return { outcome: 'does-not-start', said, ...nothing, log: parseLogLines(said) }
  const looks = all('look').map(({ body }) =>
    body.map((line) => /^(\d+) (.*)$/.exec(line)).map((match) => ({ pid: match?.[1], role: roleOf(match?.[2] ?? '') })),
  )
  const pids = (look: (typeof looks)[number], role: string) =>
    look.filter((one) => one.role === role).map(({ pid }) => pid)
  const [before = [], after = []] = looks.map((look) => pids(look, 'worker'))
  const alive = looks.every((look) => pids(look, 'master').length > 0)
  const steady = before.length === after.length && after.every((pid) => before.includes(pid))
  return {
    outcome: alive ? (after.length === 0 ? 'no-workers' : steady ? 'lives' : 'unsteady') : 'does-not-start',
    said,
    workers: after.length,
    log: parseLogLines(text('log')),
    listeners,
  }
}

/** The command of a trial start of `binary` with the options of `master`, and with `files` in their places. */
export function tryNginx(
  binary: string,
  master: NginxMaster,
  { files = [], ...rest }: TrialTimes & { readonly files?: readonly Staged[]; readonly packages?: string } = {},
): string[] {
  return trialCommand({ inside: nginxInside, master: master.pid, files, words: argvOf(master.argv, binary), ...rest })
}

/**
 * Starts `binary` (a path on the host) with the configuration of `master` in private namespaces, and looks whether it
 * lives: what `-t` passes and then kills the service is seen here (TRAPS: trial start). The running nginx notices
 * nothing and nothing is left. Takes `watch` and about 0.3 s. Throws what Host throws.
 */
export async function tryNginxOn(
  host: Host,
  binary: string,
  master: NginxMaster,
  { watch, limit = 20_000, packages, ...rest }: TrialOptions = {},
): Promise<TrialReport> {
  const argv = tryNginx(binary, master, {
    limit,
    ...(watch !== undefined && { watch }),
    ...(packages !== undefined && { packages }),
  })
  const { stdout } = await host.run(argv, { ...rest, as: 'root', timeout: limit + 10_000 })
  return parseTrial(stdout.toString())
}
