import { randomBytes } from 'node:crypto'
import type { Host } from '../host.ts'
import { askLeases, type AskOptions } from './ask.ts'
import { oneLine } from './one-line.ts'

/** What can be said to a run that is at work, from anywhere that reaches its hosts. */
export const verbs = ['pause', 'abort', 'promote'] as const

export interface Word {
  /** Made anew for each: a run takes each once. */
  readonly id: string
  readonly verb: (typeof verbs)[number]
  /** Who says it: `anna@ops2`. */
  readonly by: string
  /** The number of the stage that is promoted; 0 with the other verbs. */
  readonly number: number
}

/** A word that is yet to be left. */
export function newWord({ verb, by, number }: Omit<Word, 'id'>): Word {
  return { id: randomBytes(4).toString('hex'), verb, by: oneLine(by), number }
}

/**
 * Leaves a word on a host for whoever holds a lease there by this token: with its next renewal it is heard, and it goes
 * when the lease goes. Throws LeaseLost when nobody holds one, LeaseRefused when nothing can be written.
 */
export async function leaveWord(host: Host, token: string, word: Word, options?: AskOptions): Promise<void> {
  if (!/^[0-9a-f]+$/.test(token)) throw new RangeError(`not a token: ${token}`)
  await askLeases(host, ['word', token, word.id, `${word.verb} ${word.number} ${word.by}`], options)
}

/** Reads the `word ID VERB NUMBER WHO` lines of an answer. */
export function parseWords(text: string): Word[] {
  const line = new RegExp(`^word ([0-9a-f]+) (${verbs.join('|')}) (\\d+) (.+)$`, 'gm')
  return [...text.matchAll(line)].map(([, id = '', verb, number, by = '']) => {
    return { id, verb: verb as Word['verb'], by, number: Number(number) }
  })
}
