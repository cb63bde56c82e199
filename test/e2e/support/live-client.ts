import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/*
 * A client that stays, for a drain to wait for; a program of its own, because it must run inside the lab's network.
 *
 *   live-client.ts get|websocket|tcp http://HOST:PORT/PATH [LOCAL-PORT]
 *
 * It says one line for each thing that happens: `open PORT` once it is connected (for a websocket: once it is upgraded,
 * for `get`: once the request is sent), `answer 200 BODY` for each answer, `closed` at the end. Lines on its stdin:
 * `again` sends the request anew on the same connection, with the cookies it was given; `say TEXT` sends a websocket
 * frame or bare bytes; `close` closes.
 */

const [kind = 'get', target = '', from] = process.argv.slice(2)
const url = new URL(target)
const socket = connect({
  host: url.hostname.replaceAll(/[[\]]/g, ''),
  port: Number(url.port || 80),
  ...(from !== undefined && { localPort: Number(from) }),
  noDelay: true,
})
let held = Buffer.alloc(0)
let cookie = ''
let upgraded = kind === 'tcp'

const say = (line: string) => process.stdout.write(`${line}\n`)
const opened = () => say(`open ${socket.localPort}`)

function request(): void {
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: emR0emR0emR0emR0emR0eg==\r\n'
  const own = cookie === '' ? '' : `Cookie: ${cookie}\r\n`
  const head = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n${own}`
  socket.write(`${head}${kind === 'websocket' ? upgrade : ''}\r\n`)
}

/** A client's frame, masked with zeros (RFC 6455, section 5.3): short texts alone. */
function frame(opcode: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

/** Takes one whole answer from what was read; false when there is none yet. */
function takeAnswer(): boolean {
  const end = held.indexOf('\r\n\r\n')
  if (end === -1) return false
  const head = held.subarray(0, end).toString()
  const status = head.split(' ')[1] ?? ''
  cookie = /^set-cookie: ([^;\r]*)/im.exec(head)?.[1] ?? cookie
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  const chunked = /^transfer-encoding: chunked/im.test(head)
  const body = held.subarray(end + 4)
  if (status === '101') {
    upgraded = true
    held = Buffer.from(body)
    opened()
    return false
  }
  const last = body.indexOf('0\r\n\r\n')
  if (chunked ? last === -1 : body.length < Number(length ?? 0)) return false
  const size = chunked ? last + 5 : Number(length ?? 0)
  say(`answer ${status} ${JSON.stringify(body.subarray(0, size).toString())}`)
  held = Buffer.from(body.subarray(size))
  return held.length > 0
}

socket.on('connect', () => {
  if (kind !== 'tcp') request()
  if (kind !== 'websocket') opened()
})
socket.on('data', (chunk: Buffer) => {
  if (upgraded) {
    say(`heard ${JSON.stringify(chunk.toString('latin1'))}`)
    return
  }
  held = Buffer.concat([held, chunk])
  while (takeAnswer());
})
socket.on('error', (error) => say(`broken ${error.message}`))
socket.on('close', () => {
  say('closed')
  process.exit()
})

createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, ...rest] = line.split(' ')
  if (order === 'again') request()
  if (order === 'say') socket.write(kind === 'websocket' ? frame(1, rest.join(' ')) : rest.join(' '))
  if (order === 'close') {
    if (upgraded && kind === 'websocket') socket.write(frame(8, ''))
    else socket.end()
  }
})
