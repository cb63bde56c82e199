import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { encodeFrame, FrameReader } from './frames.ts'

/** What a websocket's handshake proves that it was understood with (RFC 6455, section 1.3). */
const websocketId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Opens a connection that stays: a websocket that echoes at /live, bare bytes that are echoed at /stream. */
export function openLive(url: string, request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy())
  const path = url.split('?')[0]
  const wanted = request.headers.upgrade?.toLowerCase()
  const key = request.headers['sec-websocket-key']
  if (path === '/live' && wanted === 'websocket' && key !== undefined) return openWebsocket(socket, key)
  if (path === '/stream' && wanted === 'echo') return openStream(socket)
  socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
}

function openWebsocket(socket: Socket, key: string): void {
  const accept = createHash('sha1').update(`${key}${websocketId}`).digest('base64')
  socket.write(switching('websocket', `Sec-WebSocket-Accept: ${accept}\r\n`))
  const frames = new FrameReader()
  socket.on('data', (chunk: Buffer) => {
    for (const frame of frames.read(chunk)) {
      if (frame.opcode === 'close') socket.end(encodeFrame('close', frame.payload))
      else if (frame.opcode === 'ping') socket.write(encodeFrame('pong', frame.payload))
      else if (frame.opcode !== 'pong') socket.write(encodeFrame(frame.opcode, frame.payload))
    }
  })
  socket.on('end', () => socket.end())
}

function openStream(socket: Socket): void {
  socket.write(switching('echo', ''))
  socket.pipe(socket)
}

function switching(protocol: string, more: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\n${more}\r\n`
}
