/** One that says it is HAProxy of this version. */
export function dyingHaproxy(version: string): Buffer {
  return dying(`HAProxy version ${version} 2026/01/01\n version ${version}, released 2026/01/01\n`)
}

/** One that says it is Keepalived of this version. */
export function dyingKeepalived(version: string): Buffer {
  return dying(`Keepalived v${version} (01/01,2026)\n`)
}

/**
 * A program for x86_64 that says this, whatever it is asked, and ends with 0: it passes for a daemon until it has to live
 * (TRAPS, case 1).
 */
function dying(says: string): Buffer {
  const text = Buffer.from(says)
  const at = 0x400000
  const headers = 64 + 56
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  // write(1, text, length), exit(0)
  const code = Buffer.from(`bf01000000488d3515000000ba${length.toString('hex')}b8010000000f0531ffb83c0000000f05`, 'hex')
  const size = BigInt(headers + code.length + text.length)
  const head = Buffer.alloc(headers)
  head.write('\x7fELF', 'latin1')
  head.set([2, 1, 1], 4)
  head.writeUInt16LE(2, 16)
  head.writeUInt16LE(62, 18)
  head.writeUInt32LE(1, 20)
  head.writeBigUInt64LE(BigInt(at + headers), 24)
  head.writeBigUInt64LE(64n, 32)
  head.writeUInt16LE(64, 52)
  head.writeUInt16LE(56, 54)
  head.writeUInt16LE(1, 56)
  // One segment: the whole file, readable and executable.
  head.writeUInt32LE(1, 64)
  head.writeUInt32LE(5, 68)
  head.writeBigUInt64LE(BigInt(at), 80)
  head.writeBigUInt64LE(BigInt(at), 88)
  head.writeBigUInt64LE(size, 96)
  head.writeBigUInt64LE(size, 104)
  head.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([head, code, text])
}
