import { quote } from '../../lib/quote.ts'

/** What a person types to have the kept file where it lay: where the two are one file already, mv refuses. */
export function backInPlaceByHand(target: string, backup: string): string {
  const moved = `${quote(['[', backup, '-ef', target, ']'])} || ${quote(['sudo', 'mv', '-fT', backup, target])}`
  return `{ ${moved}; } && ${quote(['sudo', 'rm', '-f', backup])}`
}
