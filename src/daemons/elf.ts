/** Why a file cannot be the program of a host, in one sentence; null when its header fits. */
export type ElfVerdict = string | null

/** ELF's e_machine by the name that `uname -m` gives the architecture (elf(5)). */
const machines: Readonly<Record<string, { machine: number; bits: 32 | 64 }>> = {
  x86_64: { machine: 62, bits: 64 },
  aarch64: { machine: 183, bits: 64 },
  armv7l: { machine: 40, bits: 32 },
  armv6l: { machine: 40, bits: 32 },
  i686: { machine: 3, bits: 32 },
  i386: { machine: 3, bits: 32 },
  ppc64le: { machine: 21, bits: 64 },
  riscv64: { machine: 243, bits: 64 },
  s390x: { machine: 22, bits: 64 },
  loongarch64: { machine: 258, bits: 64 },
}

function nameOf(machine: number, bits: number): string {
  return (
    Object.entries(machines).find(([, one]) => one.machine === machine && one.bits === bits)?.[0] ??
    `machine ${machine}`
  )
}

/** The smallest header that tells all: 20 bytes of e_ident, e_type and e_machine. */
const needed = 20

/** Looks at the first bytes of a file (20 suffice) that is to run on a host whose `uname -m` is `architecture`. */
export function elfVerdict(bytes: Uint8Array, architecture: string): ElfVerdict {
  if (bytes.length === 0) return 'the file is empty'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < needed || view.getUint32(0) !== 0x7f454c46) return `${kindOf(bytes)}, not a program (ELF)`
  const little = bytes[5] === 1
  const bits = bytes[4] === 2 ? 64 : 32
  const type = view.getUint16(16, little)
  const machine = view.getUint16(18, little)
  // 2 is a program at a fixed place, 3 one that can be placed anywhere (and a library, which has no entry point: -v tells).
  if (type !== 2 && type !== 3)
    return type === 1 ? 'an object file, not a program' : 'not a program (ELF, but of another type)'
  const wanted = machines[architecture]
  if (wanted === undefined || (machine === wanted.machine && bits === wanted.bits)) return null
  return `built for ${nameOf(machine, bits)}, but the host is ${architecture}`
}

function kindOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 512))
  const text = start.toString('latin1')
  if (text.startsWith('#!')) return 'a script'
  if (text.startsWith('!<arch>\ndebian')) return 'a Debian package'
  if (start[0] === 0x1f && start[1] === 0x8b) return 'a gzip archive'
  if (text.startsWith('PK')) return 'a zip archive'
  return start.every((byte) => byte === 9 || byte === 10 || byte === 13 || byte >= 32) ? 'a text file' : 'data'
}
