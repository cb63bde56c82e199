/** How to tell whether an application is well: an HTTP answer, a TCP connection, or a command on its host that exits 0. */
export type Health =
  | { readonly path: string; readonly status: number; readonly body?: string }
  | { readonly command: readonly string[] }
  | { readonly tcp: true }

/** Where an application says its version: in the body of an answer, in a header, or by a command on its host. */
export type VersionSource =
  { readonly path: string; readonly header?: string } | { readonly command: readonly string[] }

/**
 * What may be a version: it becomes a word of a command, so nothing that a shell would read as more than a word, or a program
 * as an option. An application that says something else has said no version.
 */
export const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+:@/~-]{0,199}$/
