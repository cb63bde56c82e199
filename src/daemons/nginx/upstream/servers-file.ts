import { sameAddress } from '../../linux/ip.ts'

/*
 * The file that an upstream includes: a line a server, `server 10.0.0.21:8080 weight=50 down; # of 100`. Open-source nginx
 * can be told of its servers in no other way. Only what is told at run time is changed: weight and `down`; the other
 * parameters, other directives and comments stay as they are. `# of 100` is zdt's, before a comment that is there: what a shifted weight
 * was; `# of 1 unwritten` where it was not written.
 */

/** A server as its line says. */
export type UpstreamServer = {
  readonly address: string
  readonly port: number
  readonly down: boolean
  readonly backup: boolean
  readonly weight: number
  /** Its weight when nothing is shifted. */
  readonly full: number
}

/** What is to be said of a server; what is not mentioned stays. */
export interface ServerEdit {
  readonly address: string
  readonly port: number
  readonly down?: boolean
  readonly weight?: number
}

const line = /^(\s*server\s+)([^\s;#{}]+)([^;#{}]*);([ \t]*)(#.*)?$/
const ofFull = /^# of (\d+)( unwritten)?(?: (#.*))?$/

/** A line taken apart; undefined for all that is no server with an address of its own (`unix:`, a variable). */
function parseLine(text: string) {
  const [, head = '', endpoint = '', parameters = '', blank = '', said = ''] = line.exec(text) ?? []
  if (endpoint === '') return undefined
  // Without a port it is 80.
  const [, bracketed, bare, port = '80'] = /^(?:\[([^\]]+)\]|([^:$]+))(?::(\d+))?$/.exec(endpoint) ?? []
  const address = bracketed ?? bare
  if (address === undefined) return undefined
  const words = parameters.split(/\s+/).filter(Boolean)
  const weight = Number(words.map((word) => /^weight=(\d+)$/.exec(word)?.[1]).find(Boolean) ?? 1)
  const [, wasFull, unwritten, theirs = ofFull.test(said) ? '' : said] = ofFull.exec(said) ?? []
  const full = Number(wasFull ?? weight)
  const isWritten = unwritten === undefined && (wasFull !== undefined || /\sweight=/.test(parameters))
  const server: UpstreamServer = {
    address,
    port: Number(port),
    down: words.includes('down'),
    backup: words.includes('backup'),
    weight,
    full,
  }
  return { head, endpoint, parameters, blank, comment: theirs, isWritten, server }
}

/** The servers of a file, in its order. */
export function parseServersFile(text: string): UpstreamServer[] {
  return text.split('\n').flatMap((each) => parseLine(each)?.server ?? [])
}

type Endpoint = Pick<UpstreamServer, 'address' | 'port'>

/** The one that listens there. */
export function serverAt<Server extends Endpoint>(servers: readonly Server[], { address, port }: Endpoint) {
  return servers.find((server) => isSame(server, { address, port }))
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && sameAddress(one.address.toLowerCase(), other.address.toLowerCase())
}

/** The text with these servers' weights and `down` changed, and every other byte as it was. */
export function editServersFile(text: string, edits: readonly ServerEdit[]): string {
  return text
    .split('\n')
    .map((each) => {
      const parsed = parseLine(each)
      const edit = parsed && serverAt(edits, parsed.server)
      if (!parsed || !edit) return each
      const { head, endpoint, parameters, blank, comment, isWritten, server } = parsed
      const down = edit.down ?? server.down
      const weight = edit.weight ?? server.weight
      if (down === server.down && weight === server.weight) return each
      const isFull = weight === server.full
      const weighed =
        isFull && !isWritten
          ? parameters.replace(/\s+weight=\d+/, '')
          : /\sweight=/.test(parameters)
            ? parameters.replace(/(?<=\s)weight=\d+/, `weight=${weight}`)
            : `${isFull ? '' : ` weight=${weight}`}${parameters}`
      const stood = weighed.replaceAll(/\s+down(?=\s|$)/g, '')
      const was = isFull ? '' : `# of ${server.full}${isWritten ? '' : ' unwritten'}`
      const remark = [was, comment].filter(Boolean).join(' ')
      return `${head}${endpoint}${stood}${down ? ' down' : ''};${remark === '' ? '' : `${blank || ' '}${remark}`}`
    })
    .join('\n')
}

/** A file made anew, with what the live one says at run time: who is `down`, whose weight is shifted. */
export function keepRunTime(fresh: string, live: string): string {
  const made = parseServersFile(fresh)
  return editServersFile(
    fresh,
    parseServersFile(live).flatMap((before): ServerEdit[] => {
      const now = serverAt(made, before)
      if (!now) return []
      const { address, port, down } = before
      // Where the file of today gives another full weight, the share is kept.
      const shifted = before.weight === before.full ? now.full : Math.round((now.full * before.weight) / before.full)
      return [{ address, port, down, weight: Math.max(1, shifted) }]
    }),
  )
}
