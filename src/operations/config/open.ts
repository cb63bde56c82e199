import type { ServiceChange } from './compare.ts'

/** A file that everybody on its host may read. */
export type OpenFile = {
  readonly path: string
  /** In octal. */
  readonly mode: string
}

/** May everybody do anything with a file of these permissions? */
export function isOpen(mode: string | null): boolean {
  return mode !== null && !mode.endsWith('0')
}

/** What becomes of files with a secret in them that everybody may read: those that are written are closed. */
export function openLines(services: readonly ServiceChange[]): string[] {
  return services.flatMap(({ host, files, open = [] }) =>
    open.map(({ path, mode }) => {
      const what = `${path} on ${host} has a secret in it, and everybody there may read it (${mode})`
      return files.some((file) => file.path === path)
        ? `${what}: from now on its owner and its group alone may`
        : `${what}: sudo chmod o= ${path}`
    }),
  )
}
