import type { HostName } from '../lib/types.ts'

/** `web1, web2`. */
export function namesOf(works: readonly { readonly name: HostName }[]): string {
  return works.map(({ name }) => name).join(', ')
}

/** `web1 runs`, `web1, web2 run`. */
export function whoRun(works: readonly { readonly name: HostName }[]): string {
  return `${namesOf(works)} ${works.length === 1 ? 'runs' : 'run'}`
}

/** What each says, each thing once. */
export function oncePer<T>(works: readonly T[], said: (work: T) => string): string {
  return [...new Set(works.map(said))].join(', ')
}

/** Who has it already, where others have not. */
export function thereAlready<T extends { readonly name: HostName }>(
  daemon: string,
  works: readonly T[],
  todo: readonly T[],
): string[] {
  const there = works.filter((one) => !todo.includes(one))
  return there.length > 0 && todo.length > 0 ? [`${whoRun(there)} this very ${daemon} already`] : []
}
