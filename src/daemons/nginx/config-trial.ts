import type { Host } from '../../hosts/host.ts'
import type { Staged } from '../staged.ts'
import { readTrial, type ConfigTrial } from '../trial/report.ts'
import { nginxConflicts } from './conflicts.ts'
import { nginxPhase } from './phase.ts'
import { nginxPicture } from './picture.ts'
import type { TrialOptions } from '../trial/words.ts'
import { parseTrial, tryNginx } from './trial.ts'

/** `nginx: [warn] conflicting server name…`, or the same as a line of the log, without its beginning. */
function warningsIn(said: string): string[] {
  return [...said.matchAll(/^(?:nginx:|[\d/]+ [\d:]+) \[warn\] (?:\d+#\d+: )?(.*)$/gm)].map(([, text = '']) => text)
}

/** Reads the answer of a trial of a configuration. */
export function parseNginxConfigTrial(answer: string): ConfigTrial {
  const { host, text } = readTrial(answer)
  const { outcome, said, workers, log, listeners } = parseTrial(answer)
  const conflicts = nginxConflicts(listeners, { listeners: host.own, taken: host.others })
  const report = { said, warnings: warningsIn(text('check')), workers, listeners, conflicts }
  if (outcome === 'lives') {
    if (conflicts.length > 0) return { ...report, outcome: 'address-taken' }
    // A file without `http` and `stream` passes -t.
    if (listeners.every(({ kind }) => kind === 'unix'))
      return { ...report, outcome: 'invalid', said: 'it would listen on no address at all' }
  }
  // -t and the start say the same in the log and on stderr.
  const trouble = log.map(({ level, text }) => `[${level}] ${text}`)
  return { ...report, outcome, said: outcome === 'lives' ? '' : trouble.length > 0 ? trouble.join('\n') : said }
}

/**
 * Tries a configuration, `files` staged on the host, as the running master of `unit` would: its binary, options and
 * environment, in private namespaces with the files in their places. First `-t`, then a start that must live
 * (`-t` passes a missing working_directory, which leaves no worker: TRAPS, case 3), then addresses that others on the
 * host have (case 10). Nothing of it is seen outside. Two round trips; takes `watch` and about 0.5 s. Throws
 * NginxPictureUnreadable, and what Host throws.
 */
export async function tryNginxConfig(
  host: Host,
  { unit, files }: { readonly unit: string; readonly files: readonly Staged[] },
  { watch, limit = 20_000, ...rest }: TrialOptions = {},
): Promise<ConfigTrial> {
  const found = nginxPhase(await nginxPicture(host, unit, rest))
  if (found.phase !== 'single') {
    const said = found.phase === 'none' ? `${unit} is not running` : `an upgrade is under way (${found.phase})`
    return { outcome: 'cannot-be-tried', said, warnings: [], workers: 0, listeners: [], conflicts: [] }
  }
  const { master } = found
  const argv = tryNginx(master.argv.binary, master, { files, limit, ...(watch !== undefined && { watch }) })
  const { stdout } = await host.run(argv, { ...rest, as: 'root', timeout: limit + 10_000 })
  return parseNginxConfigTrial(stdout.toString())
}
