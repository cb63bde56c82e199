import type { HostName } from './types.ts'

/** The daemons whose configuration zdt writes. */
export type Daemon = 'haproxy' | 'nginx' | 'keepalived'

/** A file as it is to be on a host. */
export type RenderedFile = {
  /** Absolute, on the host. */
  readonly path: string
  readonly content: string
  /** In octal, for a file that is not there yet. */
  readonly mode: string
  /** There is a secret in it, and zdt.yaml says nothing else of its permissions: nobody's but its owner's and its group's. */
  readonly closed: boolean
  /** Of what it says nothing may be shown: keys, certificates with keys. */
  readonly secret: boolean
  /** Of a text of before: the one of today, which has the known secrets in their places. */
  readonly today?: string
}

/** One daemon's whole configuration on one host: the main file first. */
export type Rendered = {
  readonly daemon: Daemon
  /** The group in zdt.yaml: `edge`. */
  readonly group: string
  readonly host: HostName
  readonly unit: string
  readonly files: readonly RenderedFile[]
  /** Texts that came from {{secret}}: to be blotted out wherever anything of this is shown. */
  readonly secrets: readonly string[]
}
