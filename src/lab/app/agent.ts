import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'

/** An agent check's other end: answers each connection with the text of `file`, or `up` when there is none. */
export function listenAgent(port: number, file: string): Server {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    void readFile(file, 'utf8')
      .catch(() => 'up')
      .then((text) => socket.end(`${text.trim()}\n`))
  })
  return server.listen(port, '0.0.0.0')
}
