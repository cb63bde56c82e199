import type { Host } from '../../hosts/host.ts'
import type { Staged } from '../staged.ts'
import { familyIn, judgeFamily } from '../trial/family.ts'
import { readTrial, type ConfigTrial } from '../trial/report.ts'
import { trialCommand, type TrialOptions } from '../trial/words.ts'
import { keepalivedInside } from './trial-script.ts'

/** What Keepalived complains of: with the place in a file, or in words of alarm. */
const complaint =
  /^\(\S+: Line \d+\)|\bWARNING\b|SECURITY|[Uu]nknown|deprecated|Non-existent|Disabling|not found|missing/

/** Its lines without the time; what only tells of its start is left out. */
export function complaintsIn(lines: readonly string[]): string[] {
  const words = lines.map((line) => line.replace(/^\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}: /, '').trim())
  return [...new Set(words.filter((line) => complaint.test(line)))]
}

/** Reads the answer of Keepalived's trial. */
export function parseKeepalivedTrial(answer: string): ConfigTrial {
  const { ended, frame, all, text } = readTrial(answer)
  const [file = '', lines] = frame('config')?.argument.split(' ') ?? []
  const said = complaintsIn(text('start').split('\n'))
  const report = { warnings: said, workers: 0, listeners: [], conflicts: [] }
  if (ended !== undefined) return { ...report, ...ended }
  // -t is content with either (TRAPS, case 20), and a reload drops every VIP.
  if (lines === '0')
    return {
      ...report,
      outcome: 'invalid',
      said: `${file} is empty, executable or not there: Keepalived would run without it`,
    }
  const looks = all('look').map(({ body }) => familyIn(body))
  const outcome = judgeFamily(looks)
  const words = said.length > 0 ? said.join('\n') : text('start')
  return { ...report, outcome, said: outcome === 'lives' ? '' : words, workers: looks.at(-1)?.workers.length ?? 0 }
}

/**
 * Tries a configuration, `files` staged on the host, with the program (or another in its place), words and environment of the running Keepalived of
 * `unit`, in private namespaces with the files in their places and interfaces of the host's names and addresses. First `-t`
 * (exit codes 0 good, 5 error, 6 script security: TRAPS), then an empty file, then a start that must live: a reload with an
 * interface that is not there ends Keepalived and leaves its VIPs on the host. Nobody hears an advert of it. Takes
 * `watch` and about 0.3 s. Throws what Host throws.
 */
export async function tryKeepalivedConfig(
  host: Host,
  { unit, files, binary }: { readonly unit: string; readonly files: readonly Staged[]; readonly binary?: string },
  { watch, limit = 20_000, packages, ...rest }: TrialOptions = {},
): Promise<ConfigTrial> {
  const times = { limit, ...(watch !== undefined && { watch }), ...(packages !== undefined && { packages }) }
  const words = binary === undefined ? [] : [binary]
  const argv = trialCommand({ inside: keepalivedInside, master: { unit }, files, words, ...times })
  const { stdout } = await host.run(argv, { ...rest, as: 'root', timeout: limit + 10_000 })
  return parseKeepalivedTrial(stdout.toString())
}
