import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { spoils, type Flaw } from './flaws.ts'
import { download, poll, slow } from './slow.ts'
import { openLive } from './live.ts'

/** Who the application says it is. */
export interface ShopIdentity {
  readonly host: string
  readonly version: string
  /** While this file exists, /healthz says 503. */
  readonly unhealthyFile: string
  /** What is wrong with it. */
  readonly flaw?: Flaw
}

/** Serves the shop's HTTP on `port`. A path may come with the prefix /shop. */
export function listenHttp(port: number, identity: ShopIdentity): Server {
  const front = Buffer.from(`${JSON.stringify({ host: identity.host, version: identity.version })}\n`)
  // A client that stays for long is what a drain waits for: Node's own limits must not end it first.
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0, noDelay: true }, (request, response) => {
    const url = withoutPrefix(request.url ?? '/')
    // Most requests are of this kind; they get by without a URL being parsed.
    if (identity.flaw && spoils(identity.flaw, url, response)) return
    if (url === '/') send(response, 200, 'application/json', front)
    else answer(new URL(url, 'http://shop'), request, response, identity)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    openLive(withoutPrefix(request.url ?? '/'), request, socket)
  })
  return server.listen(port, '0.0.0.0', 4096)
}

function answer(url: URL, request: IncomingMessage, response: ServerResponse, identity: ShopIdentity): void {
  request.resume()
  switch (url.pathname) {
    case '/healthz': {
      const healthy = !existsSync(identity.unhealthyFile)
      return send(response, healthy ? 200 : 503, 'text/plain', healthy ? 'ok\n' : 'unhealthy\n')
    }
    case '/version':
      return send(response, 200, 'text/plain', `${identity.version}\n`)
    case '/slow':
      return slow(response, number(url, 'ms', 5000))
    case '/poll':
      return poll(response, number(url, 'ms', 30_000))
    case '/download':
      return download(response, number(url, 'bytes', 1_000_000), number(url, 'ms', 5000))
    default:
      return send(response, 404, 'text/plain', 'not found\n')
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function withoutPrefix(url: string): string {
  return url.startsWith('/shop/') ? url.slice('/shop'.length) : url
}

function number(url: URL, name: string, otherwise: number): number {
  const value = Number(url.searchParams.get(name) ?? otherwise)
  return Number.isFinite(value) && value >= 0 ? value : otherwise
}
