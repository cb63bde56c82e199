const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** The kinds of websocket frame. */
export type Opcode = keyof typeof opcodes

/** One websocket frame, unmasked. */
export interface Frame {
  readonly opcode: Opcode
  readonly payload: Buffer
}

/** A server's frame: final and unmasked (RFC 6455, section 5.2). */
export function encodeFrame(opcode: Opcode, payload: Buffer): Buffer {
  const first = 0x80 | opcodes[opcode]
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload])
  const head = Buffer.alloc(payload.length < 65_536 ? 4 : 10)
  head[0] = first
  head[1] = head.length === 4 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(payload.length, 2)
  else head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}

/** Takes a client's bytes as they come, and gives back the frames that are whole. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0)

  read(chunk: Buffer): Frame[] {
    this.#held = Buffer.concat([this.#held, chunk])
    const frames: Frame[] = []
    for (let next = decode(this.#held); next !== undefined; next = decode(this.#held)) {
      frames.push(next.frame)
      this.#held = this.#held.subarray(next.size)
    }
    return frames
  }
}

function decode(bytes: Buffer): { frame: Frame; size: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  const masked = (bytes.readUInt8(1) & 0x80) !== 0
  const maskEnd = start + (masked ? 4 : 0)
  if (bytes.length < maskEnd) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const size = maskEnd + length
  if (bytes.length < size) return undefined
  const mask = bytes.subarray(start, maskEnd)
  const payload = Buffer.from(bytes.subarray(maskEnd, size))
  if (masked) payload.forEach((byte, index) => (payload[index] = byte ^ (mask[index % 4] ?? 0)))
  return { frame: { opcode: opcodeOf(bytes.readUInt8(0) & 0x0f), payload }, size }
}

function opcodeOf(code: number): Opcode {
  const found = Object.entries(opcodes).find(([, each]) => each === code)
  // What the protocol does not know ends the connection, as section 5.2 asks.
  return found === undefined ? 'close' : (found[0] as Opcode)
}
