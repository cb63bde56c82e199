import { Mistake, unknown } from '../errors.ts'
import { kindOf } from '../scope.ts'
import { asText, isTrue, type Helper } from './helper.ts'

const many = Number.POSITIVE_INFINITY

function plain(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) throw new Mistake(`compares text and numbers, not ${kindOf(value)}`)
  return value
}

function lookup([thing, key]: readonly unknown[]): unknown {
  if (typeof thing !== 'object' || thing === null) throw new Mistake(`looks into a map or a list, not ${kindOf(thing)}`)
  const name = asText(key)
  if (!Object.hasOwn(thing, name)) throw unknown('variable', name, Array.isArray(thing) ? [] : Object.keys(thing))
  return (thing as Readonly<Record<string, unknown>>)[name]
}

/** Helpers that decide. */
export const logic: Readonly<Record<string, Helper>> = {
  and: { takes: [2, many], call: (values) => values.every(isTrue) },
  or: { takes: [2, many], call: (values) => values.some(isTrue) },
  not: { takes: [1, 1], call: ([value]) => !isTrue(value) },
  eq: { takes: [2, 2], call: ([a, b]) => plain(a) === plain(b) },
  ne: { takes: [2, 2], call: ([a, b]) => plain(a) !== plain(b) },
  /** `{{default vars.maxconn 20000}}`: the first, where it is there. */
  default: { takes: [2, 2], lenient: true, call: ([value, otherwise]) => value ?? otherwise },
  /** `{{#if (given vars.tls)}}`: whether it is there, and not null. */
  given: { takes: [1, 1], lenient: true, call: ([value]) => value !== undefined && value !== null },
  lookup: { takes: [2, 2], call: lookup },
  fail: {
    takes: [1, 1],
    call: ([why]) => {
      throw new Mistake(asText(why))
    },
  },
}
