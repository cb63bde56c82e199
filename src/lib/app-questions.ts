/** How to tell whether an application is well: an HTTP answer, a TCP connection, or a command on its host that exits 0. */
export type Health =
  | { readonly path: string; readonly status: number; readonly body?: string }
  | { readonly command: readonly string[] }
  | { readonly tcp: true }

/** Where an application says its version: in the body of an answer, in a header, or by a command on its host. */
export type VersionSource =
  { readonly path: string; readonly header?: string } | { readonly command: readonly string[] }
