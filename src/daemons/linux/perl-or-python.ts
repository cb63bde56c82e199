const script = `if command -v perl >/dev/null; then p=$1; shift; exec perl -e "$p" -- "$@"; fi
if command -v python3 >/dev/null; then p=$2; shift 2; exec python3 -I -c "$p" "$@"; fi
echo 'the host has neither perl nor python3' >&2; exit 127`

/** A perl without its modules passes on to python3, as one more perl that only asks for them costs as much as the program. */
const preamble = `BEGIN { my $python = shift @ARGV;
eval { require Time::HiRes; require Socket; 1 } or exec("python3", "-I", "-c", $python, @ARGV)
  or do { print STDERR "the host has neither a whole perl nor python3\\n"; exit 127 } }
`

/**
 * The command of a program that is written twice: for perl, which Debian's essential packages have, and for python3. 127
 * where the host has neither. `name` is what a process list shows.
 */
export function perlOrPython(
  name: string,
  { perl, python }: { readonly perl: string; readonly python: string },
  words: readonly string[],
): string[] {
  return ['sh', '-c', script, name, `${preamble}${perl}`, python, ...words]
}
