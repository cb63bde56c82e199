import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Millis } from '../lib/types.ts'
import { causeOf, isClosed, isLocal } from './causes.ts'
import type { Outcome } from './ledger.ts'

/** One keep-alive connection's keeper, or false for a connection of the request's own. */
export type Connection = HttpAgent | false

/**
 * Keeps one idle connection; a request that finds it busy opens another, so that a slow answer delays nobody. An idle
 * one is closed a second before the end that the server's Keep-Alive header announces (Node asks for a timeout of the
 * agent's own to do so), and only while no request is on it: never by a timer of ours in flight.
 */
export function keepAliveAgent(url: URL): HttpAgent {
  const options = { keepAlive: true, maxFreeSockets: 1, maxSockets: Number.POSITIVE_INFINITY, timeout: 60_000 }
  return url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
}

export interface Question {
  readonly url: URL
  /** Told to the server in the User-Agent. */
  readonly number: number
  readonly connection: Connection
  /** The server is told that the connection ends with this answer. */
  readonly last?: boolean
  /** For the whole request, a retry included. */
  readonly timeout: Millis
}

/**
 * Asks once and tells what became of it, without ever throwing. On a reused connection that the server has closed
 * before any byte of the answer, asks once more on a fresh one (RFC 9110 §9.2.2).
 */
export async function ask(question: Question): Promise<Outcome> {
  const begun = performance.now()
  const first = await attempt(question)
  if (!('stale' in first)) return first
  const left = question.timeout - (performance.now() - begun)
  const second = await attempt({ ...question, connection: false, timeout: Math.max(1, left) })
  if ('stale' in second) return { kind: 'lost', cause: 'closed-before-answer' }
  if (second.kind !== 'answered') return second
  return { ...second, healed: true, latency: performance.now() - begun }
}

async function attempt(question: Question): Promise<Outcome | { readonly stale: true }> {
  const { url, number, connection, timeout, last } = question
  const begun = performance.now()
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    agent: connection,
    headers: { 'user-agent': `zdt-probe/1 #${number}`, accept: '*/*', ...(last && { connection: 'close' }) },
  })
  // Not the socket's byte count: under TLS that grows by the server's goodbye too.
  let answerBegun = false
  const seeAnswer = () => {
    answerBegun = true
  }
  request.on('socket', (socket) => socket.once('data', seeAnswer))
  let timedOut = false
  let connecting = false
  const timer = setTimeout(() => {
    timedOut = true
    connecting = request.socket?.connecting ?? true
    request.destroy()
  }, timeout)
  try {
    const status = await answered(request)
    if (status >= 500) return { kind: 'lost', cause: `status-${status}` }
    return { kind: 'answered', status, latency: performance.now() - begun, healed: false }
  } catch (error) {
    if (!timedOut && request.reusedSocket && !answerBegun && isClosed(error)) return { stale: true }
    if (isLocal(error)) return { kind: 'unsent' }
    return { kind: 'lost', cause: causeOf(error, { timedOut, connecting, answerBegun }) }
  } finally {
    clearTimeout(timer)
    request.socket?.off('data', seeAnswer)
  }
}

/** The status, once the last byte has come. Rejects when the connection ends before. */
async function answered(request: ClientRequest): Promise<number> {
  return await new Promise((resolve, reject) => {
    request.on('error', reject)
    // After a whole answer or an error this says nothing new; after half an answer it is the first to say so.
    request.on('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    request.on('response', (response) => {
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    request.end()
  })
}
