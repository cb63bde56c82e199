/** One file of a set on its way from what lies there to what is to lie there. Plain data: it goes into plans and journals. */
export type FileMove = {
  /** As the daemon's configuration names it. */
  readonly path: string
  /** Where it really lies: links followed. */
  readonly target: string
  /** Beside the target. */
  readonly staged: string
  /** What lies there when it is planned; null when there is none. */
  readonly from: string | null
  /** The sha256 of what is to lie there. */
  readonly to: string
  /** In octal, for a file that is not there yet. */
  readonly mode: string
  /** What everybody may do with what lies there is taken away: a secret comes into it. */
  readonly closes?: true
  /** What it is to say, where that is short and nobody's secret: whoever takes the run up has it in the plan. */
  readonly text?: string
}

/** As the scripts are given them: target, staged, from, to of each. */
export function moveWords(moves: readonly FileMove[]): string[] {
  return moves.flatMap(({ target, staged, from, to }) => [target, staged, from ?? '-', to])
}

/** What all the scripts begin with: `each FUNCTION` calls it with the four words of every file. */
export const moveFunctions = String.raw`
set -eu
umask 077
digest() { if [ -e "$1" ]; then sha256sum < "$1" | cut -c1-64; else echo -; fi; }
each() { do=$1; shift; while [ $# -gt 0 ]; do "$do" "$1" "$2" "$3" "$4"; shift 4; done; }
`

/** The exit code of a script that found a file which is neither the one of before nor the one to come. */
export const somebodyElses = 67
