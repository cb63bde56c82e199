import { ZdtError } from '../lib/errors.ts'

/** Without a terminal nobody can be asked: an error before any host is looked at. `--dry-run` is named to those alone who have it. */
export function refuseWithoutTerminal(
  flags: { readonly yes: boolean; readonly 'dry-run'?: boolean },
  { mayRunDry = false } = {},
): void {
  if (flags.yes || flags['dry-run'] || (process.stdin.isTTY && process.stderr.isTTY)) return
  throw new ZdtError('there is no terminal to ask at', {
    code: 'no-terminal',
    exit: 'usage',
    suggestions: ['--yes      to run unattended', ...(mayRunDry ? ['--dry-run  to see what would be done'] : [])],
  })
}
