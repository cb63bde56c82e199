/** A socket that a process listens on. */
export type Listener = {
  readonly kind: 'tcp' | 'tcp6' | 'udp' | 'udp6' | 'unix'
  /** `0.0.0.0:80`, `[::]:80`, or the path of a unix socket. */
  readonly address: string
  /** The kernel's number of the socket: the same in two processes when they share it. */
  readonly inode: number
}

/** `0100007F` is 127.0.0.1: the kernel prints each 32-bit word in the host's (little-endian) order. */
function address(hex: string): string {
  const [host = '', port = ''] = hex.split(':')
  const bytes = (host.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed())
  const number = Number.parseInt(port, 16)
  if (bytes.length === 4) return `${bytes.map((byte) => Number.parseInt(byte, 16)).join('.')}:${number}`
  const groups = bytes.join('').match(/.{4}/g) ?? []
  const short = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
  return `[${short.replace(/(^|:)0(:0)+(:|$)/, '::')}]:${number}`
}

function listener(line: string): Listener | undefined {
  const [kind = '', ...fields] = line.trim().split(/ +/)
  if (kind === 'unix') return { kind, address: fields.slice(7).join(' '), inode: Number(fields[6]) }
  if (kind !== 'tcp' && kind !== 'tcp6' && kind !== 'udp' && kind !== 'udp6') return undefined
  return { kind, address: address(fields[0] ?? ''), inode: Number(fields[8]) }
}

/** The listening sockets of a process's network: its own and everybody else's. */
export interface Sockets {
  readonly own: readonly Listener[]
  readonly others: readonly Listener[]
}

/** Reads one `@sockets` block: descriptors of one process, and the listening sockets of the network that it lives in. */
export function parseSockets(body: readonly string[]): Sockets {
  const held = new Set(body.filter((line) => line.startsWith('fd ')).map((line) => Number(line.slice(3))))
  const all = body
    .flatMap((line) => listener(line) ?? [])
    .toSorted((a, b) => a.kind.localeCompare(b.kind) || a.address.localeCompare(b.address))
  return {
    own: all.filter(({ inode }) => held.has(inode)),
    others: all.filter(({ inode }) => !held.has(inode)),
  }
}
