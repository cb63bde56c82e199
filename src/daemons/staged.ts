/** A file as it will be, lying on the host until it is put in its place. */
export type Staged = { readonly path: string; readonly staged: string }
