import type { HostName } from '../../lib/types.ts'
import type { Guard, RunResult } from '../host.ts'
import { InputCutOff, LeaseLost } from './errors.ts'
import { cutOff, guardWords, keptLine, lostCode, lostMark, type Checked, type Lines } from './guard-script.ts'

/** Lines that wait to be on a host, carried there by its next guarded command. */
export interface Carrier {
  /** What to carry now; undefined when all is there. May wait a moment for what is too long to be carried. */
  load(host: HostName): Promise<Lines | undefined>
  /** They are on the host's disk. */
  kept(host: HostName, lines: Lines): void
}

/** A guard for one command: made for each, since what it carries differs. */
export function guardOf(host: HostName, checked: Checked, carrier?: Carrier, base?: string): Guard {
  let lines: Lines | undefined
  return {
    before: async () => {
      lines = await carrier?.load(host)
      return { words: guardWords(checked, lines, base), input: lines?.text ?? '' }
    },
    heard: (answer) => {
      const { kept, rest } = heard(answer, host)
      if (kept && lines) carrier?.kept(host, lines)
      return rest
    },
  }
}

/** What the guard said, and the command's own answer. Throws LeaseLost when the command did not run. */
function heard(answer: RunResult, host: string): { kept: boolean; rest: RunResult } {
  const { stderr, code } = answer
  if (code === lostCode && stderr.indexOf(lostMark) === 0) {
    const said = stderr.toString().slice(lostMark.length).trim()
    throw said === cutOff ? new InputCutOff(host, said) : new LeaseLost(host, said)
  }
  const line = Buffer.from(`${keptLine}\n`)
  const kept = stderr.subarray(0, line.length).equals(line)
  return { kept, rest: kept ? { ...answer, stderr: stderr.subarray(line.length) } : answer }
}
