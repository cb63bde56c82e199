import type { ServerResponse } from 'node:http'

/** Answers, but only after `ms`. */
export function slow(response: ServerResponse, ms: number): void {
  later(response, ms, () => response.end(`slept ${ms} ms\n`))
}

/** A long poll: the headers at once, the news after `ms`. */
export function poll(response: ServerResponse, ms: number): void {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  later(response, ms, () => response.end('news\n'))
}

/** A body of `bytes`, trickled in twenty pieces over `ms`. */
export function download(response: ServerResponse, bytes: number, ms: number): void {
  const pieces = 20
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes })
  response.flushHeaders()
  let piece = 0
  const timer = setInterval(() => {
    const sent = Math.floor((bytes * piece) / pieces)
    piece += 1
    response.write(Buffer.alloc(Math.floor((bytes * piece) / pieces) - sent, '.'))
    if (piece < pieces) return
    clearInterval(timer)
    response.end()
  }, ms / pieces)
  response.once('close', () => clearInterval(timer))
}

function later(response: ServerResponse, ms: number, then: () => void): void {
  const timer = setTimeout(then, ms)
  response.once('close', () => clearTimeout(timer))
}
