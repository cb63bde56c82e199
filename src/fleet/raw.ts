import type { Path } from './positions.ts'

/** A mistake that no single field knows of; it stands at the key or at the value of its path. */
export interface CrossMistake {
  readonly path: Path
  readonly at: 'key' | 'value'
  readonly message: string
}

export type Raw = Readonly<Record<string, unknown>>

/** The sections whose groups run a daemon. */
export const groupKinds = ['haproxy', 'nginx', 'keepalived'] as const

/** A value as a map, empty where it is none: the schema has reported that. */
export function map(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** A value as a list, empty where it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The texts of a list. */
export function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string')
}
