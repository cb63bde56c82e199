import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { elfVerdict } from '../daemons/elf.ts'
import type { Host } from '../hosts/host.ts'
import { sha256 } from '../lib/digest.ts'
import { ZdtError } from '../lib/errors.ts'

/** A binary on the operator's machine that is to become a host's daemon. */
export interface CandidateFile {
  readonly file: string
  readonly sha256: string
  /** What is written inside of it; the host has the last word, by running it. */
  readonly version: string
}

/** How each daemon's version is written in its binary. */
const written = {
  nginx: /(?:nginx|freenginx|openresty|angie)\/(\d+(?:\.\d+)+)/,
  Keepalived: /Keepalived v(\d+(?:\.\d+)+)/,
  HAProxy: / version (\d+\.\d+[^\s,]*), released \d{4}\//,
} as const

/** A daemon whose binary zdt replaces. */
export type Daemon = keyof typeof written

/** Reads the binary and looks whether it can be that daemon on this host. Throws what programFile throws. */
export async function candidateFile(daemon: Daemon, path: string, host: Host): Promise<CandidateFile> {
  const { content, ...program } = await programFile(daemon, path, host)
  const version = written[daemon].exec(content.toString('latin1'))?.[1]
  if (!version) throw unfit(`${path} is a program, but no ${daemon}: no version of ${daemon} is written in it`)
  return { ...program, version }
}

/** Reads a program and looks whether it can run on this host. Throws, exit `usage`, when not, and what Host throws. */
export async function programFile(
  name: string,
  path: string,
  host: Host,
): Promise<Omit<CandidateFile, 'version'> & { readonly content: Buffer }> {
  const file = resolve(path)
  const content = await readFile(file).catch((cause: unknown) => {
    throw unfit(`${path} cannot be read`, { said: cause instanceof Error ? cause.message : String(cause) })
  })
  const verdict = elfVerdict(content, await architectureOf(host))
  if (verdict) throw unfit(`${path} is no ${name} for that host: ${verdict}`, { host: host.name })
  return { file, sha256: sha256(content), content }
}

/** What `uname -m` says there. */
async function architectureOf(host: Host): Promise<string> {
  return (await host.run(['uname', '-m'])).stdout.toString().trim()
}

function unfit(message: string, details: { readonly said?: string; readonly host?: string } = {}): ZdtError {
  return new ZdtError(message, { code: 'candidate-unfit', exit: 'usage', ...details })
}
