import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'

/** What the server is asked: which request it is, in all and on its connection, both from 1. */
export interface Arrival {
  readonly number: number
  readonly onConnection: number
  /** Whether the client asked for a connection of this request's own. */
  readonly fresh: boolean
  /** The prober's own number for the request. */
  readonly asked: string
  readonly socket: Socket
}

export type Fault = (response: ServerResponse, arrival: Arrival, request: IncomingMessage) => void

/** An HTTP server on loopback that treats requests as it is told, and counts them. */
export class FaultyServer {
  readonly arrivals: Arrival[] = []
  readonly #perSocket = new WeakMap<Socket, number>()
  readonly #server: Server
  readonly #protocol: string
  #port = 0

  constructor(
    fault: Fault = (response) => response.end('fine'),
    identity?: { readonly key: string; readonly cert: string },
  ) {
    this.#protocol = identity === undefined ? 'http' : 'https'
    this.#server = identity === undefined ? createServer() : createTlsServer(identity)
    const listener: RequestListener = (request, response) => {
      const socket = request.socket
      const onConnection = (this.#perSocket.get(socket) ?? 0) + 1
      this.#perSocket.set(socket, onConnection)
      const asked = /#(\d+)$/.exec(request.headers['user-agent'] ?? '')?.[1] ?? ''
      const fresh = request.headers.connection === 'close'
      const arrival = { number: this.arrivals.length + 1, onConnection, fresh, asked, socket }
      this.arrivals.push(arrival)
      fault(response, arrival, request)
    }
    this.#server.on('request', listener)
  }

  get url(): string {
    return `${this.#protocol}://127.0.0.1:${this.#port}/`
  }

  /** What the server announces as its patience with idle connections, and has. */
  set keepAliveTimeout(ms: number) {
    this.#server.keepAliveTimeout = ms
  }

  /** Listens, on the same port as before if there was one. */
  async listen(): Promise<this> {
    const listening = Promise.withResolvers<void>()
    this.#server.once('error', listening.reject)
    this.#server.listen(this.#port, '127.0.0.1', listening.resolve)
    await listening.promise
    this.#server.off('error', listening.reject)
    const address = this.#server.address()
    if (typeof address === 'object' && address !== null) this.#port = address.port
    return this
  }

  /** Resets every connection and refuses new ones. */
  async close(): Promise<void> {
    const closed = Promise.withResolvers<void>()
    this.#server.close(() => closed.resolve())
    this.#server.closeAllConnections()
    await closed.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close()
  }
}
