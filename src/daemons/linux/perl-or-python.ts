const script = `if command -v perl >/dev/null && perl -MTime::HiRes -MSocket -e 1 2>/dev/null; then p=$1; shift 2; exec perl -e "$p" -- "$@"; fi
if command -v python3 >/dev/null; then p=$2; shift 2; exec python3 -I -c "$p" "$@"; fi
echo 'the host has neither perl nor python3' >&2; exit 127`

/**
 * The command of a program that is written twice: for perl, which Debian's essential packages have, and for python3. 127
 * where the host has neither. `name` is what a process list shows.
 */
export function perlOrPython(
  name: string,
  { perl, python }: { readonly perl: string; readonly python: string },
  words: readonly string[],
): string[] {
  return ['sh', '-c', script, name, perl, python, ...words]
}
