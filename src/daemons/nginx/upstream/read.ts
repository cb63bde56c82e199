import { FileRefused } from '../../../hosts/errors.ts'
import type { Host } from '../../../hosts/host.ts'

/** An nginx that balances, as its host shows it. */
export interface ReadUpstreams {
  /** What each file says, in the order asked for; undefined where it is not there. */
  readonly texts: readonly (string | undefined)[]
  /** Every file that its configuration is read from, the main one first; undefined where nginx itself calls it invalid. */
  readonly files: readonly string[] | undefined
  /** Of these, those that were changed after its workers had been started: a reload brings them live. */
  readonly changed: readonly string[]
  /** Its access logs of the format `answers`: see answer-log.ts. */
  readonly logs: readonly string[]
  /** What it says of a configuration that it does not take. */
  readonly said: string
}

/*
 * The program that runs is asked, not whichever is found in PATH. `-T` reads the configuration as a reload will. A worker's
 * age is compared with that of the files, links followed, both by the host's clock; and by when they came into their places (ctime):
 * one that is renamed into its place, or copied back, keeps the time of its text. Whole seconds, and older `ps` rounds twice: what
 * changed in the very second in which the workers were started is not seen.
 */
const script = String.raw`
unit=$1 config=$2; shift 2
for file; do
  if [ -f "$file" ]; then echo "@file $(base64 -w0 < "$file")"; else echo '@none'; fi
done
pid=$(systemctl show -p MainPID --value -- "$unit")
dump=$(mktemp); errors=$(mktemp)
if [ "$pid" -gt 0 ] && "/proc/$pid/exe" -T -c "$config" >"$dump" 2>"$errors"; then
  age=$(ps -o etimes= --ppid "$pid" | sort -n | head -n 1)
  now=$(date +%s)
  sed -n 's/^# configuration file \(.*\):$/\1/p' "$dump" | while read -r path; do
    echo "@read $path"
    [ -z "$age" ] || [ "$(stat -L -c %Z -- "$path")" -le $((now - age + 1)) ] || echo "@changed $path"
  done
  sed -n 's|^[[:space:]]*access_log[[:space:]]\{1,\}\(/[^;[:space:]]*\)[[:space:]]\{1,\}answers[[:space:];].*|@log \1|p' "$dump" |
    sort -u
else
  echo "@said $(base64 -w0 < "$errors")"
fi
rm -f "$dump" "$errors"
echo '@end'
`

/** The command that looks at one nginx. */
export function readCommand(unit: string, config: string, files: readonly string[]): string[] {
  return ['sh', '-c', script, 'zdt-upstreams', unit, config, ...files]
}

/** Reads its answer. Undefined when it was cut short. */
export function parseRead(answer: string): ReadUpstreams | undefined {
  const lines = answer.split('\n')
  if (lines.at(-2) !== '@end') return undefined
  const rest = (word: string) =>
    lines.flatMap((line) => (line.startsWith(`@${word} `) ? [line.slice(word.length + 2)] : []))
  const texts = lines.flatMap((line) => {
    if (line === '@none') return [undefined]
    return line.startsWith('@file') ? [Buffer.from(line.slice(6), 'base64').toString()] : []
  })
  const said = lines.find((line) => line.startsWith('@said'))
  return {
    texts,
    files: said === undefined ? rest('read') : undefined,
    changed: rest('changed'),
    logs: rest('log').filter((path) => !path.includes('$')),
    said: Buffer.from(said?.slice(6) ?? '', 'base64')
      .toString()
      .trim(),
  }
}

/** Looks at the files with the servers of upstreams, in one round trip. Throws FileRefused, and what Host.run throws. */
export async function readUpstreams(
  host: Host,
  { unit, config }: { readonly unit: string; readonly config: string },
  files: readonly string[],
): Promise<ReadUpstreams> {
  const { stdout, stderr } = await host.run(readCommand(unit, config, files), { as: 'root' })
  const read = parseRead(stdout.toString())
  if (read) return read
  throw new FileRefused('read', files.join(', '), { host: host.name, said: stderr.toString().trim() })
}
