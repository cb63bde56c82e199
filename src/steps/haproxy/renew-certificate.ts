import {
  abortCertificate,
  certificates,
  commitCertificate,
  replaceCertificate,
  servedFingerprint,
  setCertificate,
} from '../../daemons/haproxy/certificates.ts'
import { say } from '../../daemons/haproxy/runtime.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { defineChange, notYet } from '../define.ts'

type Input = {
  readonly socket: string
  /** As HAProxy calls it: the file that it was read from. */
  readonly file: string
  /** Where the new one lies on the host, and where the old one does. What is in them goes nowhere else. */
  readonly source: string
  readonly previous: string
  /** SHA-1 of the new leaf, in hex as HAProxy writes it. */
  readonly fingerprint: string
}
type Found = { readonly fingerprint: string }

/** The commands by hand: the content is read on the host. */
function byHand({ socket, file }: Input, from: string): string[] {
  const to = `sudo socat - UNIX-CONNECT:${socket}`
  return [
    `{ echo '${setCertificate(file)} <<'; ${quote(['sudo', 'grep', '.', from])}; echo; } | ${to}`,
    `echo '${commitCertificate(file)}' | ${to}`,
  ]
}

/** Serves another certificate to new handshakes without a reload; connections that are open keep theirs. */
export const renewCertificate = defineChange<Input, Found>({
  kind: 'haproxy.renew-certificate',
  describe: (input) => ({
    title: `serve the new certificate ${input.file}`,
    commands: byHand(input, input.source),
  }),
  describeUndo: (input) => byHand(input, input.previous),
  observe: async ({ socket, file }, on) => {
    const fingerprint = await servedFingerprint(on.host, socket, file, { signal: on.signal })
    if (fingerprint === undefined) {
      throw new NoUseWaiting(`HAProxy has no certificate ${file}`, { host: on.host.name })
    }
    return { fingerprint }
  },
  isDone: ({ fingerprint }, found) => found.fingerprint === fingerprint,
  apply: (input, _found, on) => serve(input, input.source, on),
  verify: (input, _found, on) => serves(input, input.fingerprint, on),
  undo: async (input, { fingerprint }, on) => {
    const { socket, file } = input
    const wasOpen = await isOpen(input, on)
    if (!(await serves(input, fingerprint, on)).done) return serve(input, input.previous, on)
    if (wasOpen) await say(on.host, socket, abortCertificate(file), { signal: on.signal })
  },
  // While a transaction is open HAProxy takes no other certificate, whoever brings it.
  undone: async (input, { fingerprint }, on) => {
    if (await isOpen(input, on)) return notYet(`a new ${input.file} is set and not committed`)
    return serves(input, fingerprint, on)
  },
  about: ({ socket, file }, host) => [`haproxy ${host} ${socket} certificate ${file}`],
  halfway: (input, _found, on) => isOpen(input, on),
})

async function isOpen({ socket, file }: Input, on: On): Promise<boolean> {
  const { open } = await certificates(on.host, socket, { signal: on.signal })
  return open.includes(file)
}

async function serve({ socket, file }: Input, from: string, on: On): Promise<void> {
  const pem = (await on.host.read(from, { as: 'root', signal: on.signal })).toString()
  await replaceCertificate(on.host, socket, { file, pem }, { signal: on.signal })
}

async function serves({ socket, file }: Input, fingerprint: string, on: On): Promise<ReturnType<typeof notYet>> {
  const now = await servedFingerprint(on.host, socket, file, { signal: on.signal })
  return notYet(now !== fingerprint && `${file} is served with the fingerprint ${now ?? 'none'}, not ${fingerprint}`)
}
