/** What may be journaled, printed with `--json`, or sent: survives `JSON.stringify`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** A duration in milliseconds. */
export type Millis = number & { readonly __unit?: 'ms' }

/** A host's name in zdt.yaml, never an address. */
export type HostName = string & { readonly __brand: 'HostName' }

/** The name of one run, short enough to be read aloud: six characters of Crockford's base 32. */
export type RunId = string & { readonly __brand: 'RunId' }

/** For the default branch of a switch over a union: a new member is a compile error here. */
export function assertNever(value: never): never {
  throw new TypeError(`not expected: ${JSON.stringify(value)}`)
}
