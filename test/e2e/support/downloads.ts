// Begins downloads and stays until the last has ended: `downloads.ts URL…`. Of http each has a connection of its own; of https all are
// streams of one HTTP/2 session. It says `begun` when each has its answer's head; at the end what came, as one JSON document.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect } from 'node:http2'
import type { Readable } from 'node:stream'

/** What came of one download. */
export interface Came {
  readonly bytes: number
  readonly sha256: string
  /** Why it is not whole; null when it is. */
  readonly broken: string | null
}

interface Begun {
  readonly head: IncomingHttpHeaders
  readonly body: Readable
}

const urls = process.argv.slice(2).map((url) => new URL(url))
const session = urls[0]?.protocol === 'https:' ? connect(urls[0].origin, { rejectUnauthorized: false }) : undefined
// Each stream tells of it too.
session?.on('error', () => undefined)

async function begin(url: URL): Promise<Begun> {
  if (session === undefined) {
    const [body] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
    return { head: body.headers, body }
  }
  const body = session.request({ ':path': `${url.pathname}${url.search}` })
  const closed = once(body, 'close').then(() => Promise.reject(new Error(`${url.href} was closed before its head`)))
  const [head] = (await Promise.race([once(body, 'response'), closed])) as [IncomingHttpHeaders]
  return { head, body }
}

async function toTheEnd({ head, body }: Begun): Promise<Came> {
  const hash = createHash('sha256')
  let bytes = 0
  let broken: string | null = null
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      hash.update(chunk)
    }
    // An HTTP/2 stream that ends with its session ends without an error.
    if (bytes !== Number(head['content-length'])) broken = `of ${head['content-length']} bytes`
  } catch (error) {
    broken = String(error)
  }
  return { bytes, sha256: hash.digest('hex'), broken }
}

const begun = await Promise.all(urls.map(begin))
process.stdout.write('begun\n')
const came = await Promise.all(begun.map(toTheEnd))
session?.destroy()
process.stdout.write(`${JSON.stringify(came)}\n`)
