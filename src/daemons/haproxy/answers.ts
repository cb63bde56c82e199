/** What was said, cut into answers; or why it cannot be. */
export type Answers = readonly string[] | { readonly unreadable: string }

/**
 * Cuts what a connection said into one answer a command.
 *
 * HAProxy ends each answer with an empty line, and a `set` that worked is nothing but that line (2.6, 3.0). None of
 * the answers zdt asks for (servers state, servers conn, stat, info, sess, sess ID, proc) has an empty line inside, so
 * exactly as many empty lines as commands, the last one at the end, is a whole and unambiguous answer.
 */
export function splitAnswers(said: string, commands: number): Answers {
  const answers: string[] = []
  let lines: string[] = []
  // The last piece is what follows the last newline: nothing, unless the answer was cut in mid-line.
  for (const line of said.endsWith('\n') ? said.slice(0, -1).split('\n') : said.split('\n')) {
    if (line === '') {
      answers.push(lines.join('\n'))
      lines = []
    } else lines.push(line)
  }
  if (lines.length > 0 || !said.endsWith('\n')) return { unreadable: 'it was cut off' }
  if (answers.length !== commands) return { unreadable: `${answers.length} answers to ${commands} commands` }
  return answers
}

/** What kind of answer it is. There are no status codes: HAProxy's words are all there is (2.4 to 3.2). */
export type Verdict = 'fine' | 'level' | 'unknown-command' | 'no-seat'

/** Reads the words with which HAProxy refuses a command. */
export function verdict(answer: string): Verdict {
  if (answer === 'Permission denied') return 'level'
  if (answer.startsWith('Unknown command')) return 'unknown-command'
  if (/^(No such (backend|proxy|server)|Can't find backend)\.?$/.test(answer)) return 'no-seat'
  return 'fine'
}

/**
 * Does it end in the master's word that the worker it was asked for has left? What follows in the round stays without
 * an answer (2.6, 3.0), and 3.0 does not always close the connection then (see runtime.ts): do not wait for its end.
 */
export function isWorkerGone(said: string): boolean {
  return /(^|\n)Can't find the target PID matching the prefix '@!\d+'\n$/.test(said)
}
