import { quote } from '../../../lib/quote.ts'

/** The signal to a unit's main process that has it read its files, as a person would send it. */
export function signalled(signal: 'USR2' | 'HUP', unit: string): string {
  return `kill -${signal} $(${quote(['systemctl', 'show', '-p', 'MainPID', '--value', unit])})`
}
