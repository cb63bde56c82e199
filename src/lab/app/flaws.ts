import type { ServerResponse } from 'node:http'

/** What may be wrong with a version of the shop, for rehearsals: `2.0.0-dead` does not start, `2.0.0-errors` answers 500 now and then. */
const flaws = ['dead', 'dies', 'errors', 'slow', 'liar', 'ill'] as const
export type Flaw = (typeof flaws)[number]

/** One that dies does so after this many ms. */
const lifetime = 10_000
/** One of so many answers is an error: 3 %. */
const every = 33
/** How much slower one is, in ms. */
const slower = 600

/** The flaw that a version's name tells; undefined for a good one. */
export function flawOf(version: string): Flaw | undefined {
  return flaws.find((flaw) => version.endsWith(`-${flaw}`))
}

/** What a flaw does at the start. */
export function begin(flaw: Flaw | undefined): void {
  if (flaw === 'dead') process.exit(1)
  if (flaw === 'dies') setTimeout(() => process.exit(1), lifetime)
}

let asked = 0

/** Answers in place of the shop where the flaw has it so; health checks see nothing of it, but of one that is ill. */
export function spoils(flaw: Flaw, url: string, response: ServerResponse): boolean {
  const isCheck = url === '/healthz' || url === '/version'
  if (flaw === 'ill' && url === '/healthz') return failed(response, 503)
  if (isCheck) return false
  asked += 1
  if (flaw === 'errors' && asked % every === 0) return failed(response, 500)
  if (flaw === 'slow') {
    setTimeout(() => response.end('slow\n'), slower)
    return true
  }
  return false
}

function failed(response: ServerResponse, status: number): true {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': 7 })
  response.end('broken\n')
  return true
}
