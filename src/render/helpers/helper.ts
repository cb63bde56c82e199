import type { Daemon } from '../../lib/rendered.ts'
import { Mistake } from '../errors.ts'
import { kindOf } from '../scope.ts'

/** What a helper may ask for beside its parameters. */
export interface Surroundings {
  /** Whose configuration is rendered. */
  readonly daemon: Daemon
  /** The daemon's version on the host, such as `3.0.11`. */
  readonly version: () => string
  /** A secret's text. */
  readonly secret: (name: string) => string
}

/** A word that templates call with parameters. */
export interface Helper {
  /** How many parameters, at least and at most. */
  readonly takes: readonly [least: number, most: number]
  /** The names of parameters that are given by name. */
  readonly named?: readonly string[]
  /** A parameter whose name is not there is undefined rather than a mistake. */
  readonly lenient?: boolean
  /** Throws Mistake. */
  readonly call: (
    params: readonly unknown[],
    named: Readonly<Record<string, unknown>>,
    surroundings: Surroundings,
  ) => unknown
}

/** A parameter as text: numbers count as text, nothing else does. */
export function asText(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') throw new Mistake(`wants text, not ${kindOf(value)}`)
  return value
}

/** A parameter as a list. */
export function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Mistake(`wants a list, not ${kindOf(value)}`)
  return value
}

/** False, 0, empty text, nothing and an empty list are false, as in Handlebars. */
export function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
