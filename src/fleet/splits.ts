import { z } from 'zod'
import { oneOfThem } from './configured.ts'
import * as field from './fields.ts'
import { map, type CrossMistake, type Raw } from './raw.ts'

/** Two pools of one balancer: a header, a cookie, the client's network or a share of the clients decides who is sent to `b`. */
export interface SplitSpec {
  readonly name: string
  /** The pool of all whom nothing sends to the other. */
  readonly a: string
  readonly b: string
  /** The header whose value decides, in lower case. */
  readonly header?: string
  /** The cookie whose value decides. */
  readonly cookie?: string
  /** By what a client is known when the share is drawn; without it by the address. */
  readonly shareBy: { readonly header?: string; readonly cookie?: string }
}

/** It becomes the name of a variable: nginx has none with other characters. */
export const splitPattern = /^[A-Za-z0-9_]+$/

const shareBy = z
  .strictObject(
    {
      cookie: field.cookieName.optional().describe('A cookie that stays the same, such as the session’s.'),
      header: field.headerName.optional().describe('Or a header, such as the one that names the user.'),
    },
    field.wrong('a map with cookie or header'),
  )
  .check(oneOfThem(['cookie', 'header']))

/** `splits.NAME` as it is written. */
export const split = z.strictObject(
  {
    a: field.name.describe('The pool of all whom nothing sends to the other.'),
    b: field.name.describe('The other pool, of the same balancer.'),
    header: field.headerName
      .optional()
      .describe('A header whose value decides: `zdt split set NAME --to-b header=VALUE`.'),
    cookie: field.cookieName
      .optional()
      .describe('A cookie whose value decides. Networks decide without being named here.'),
    share_by: shareBy
      .optional()
      .describe(
        'By what a client is known when a share of them is sent to `b`: the same is always sent to the same. Without it, and where it is not there: by the address.',
      ),
  },
  field.wrong('a map with a and b'),
)

/** What was read, as the rest of zdt knows it. */
export function toSplit(name: string, { a, b, header, cookie, share_by: by }: z.output<typeof split>): SplitSpec {
  return {
    name,
    a,
    b,
    ...(header !== undefined && { header: header.toLowerCase() }),
    ...(cookie !== undefined && { cookie }),
    shareBy: {
      ...(by?.header !== undefined && { header: by.header.toLowerCase() }),
      ...(by?.cookie !== undefined && { cookie: by.cookie }),
    },
  }
}

/** What a split needs of its pools: two, of one balancer, that speak HTTP and are in no other. */
export function splitMistakes(
  fleet: Raw,
  notThere: (name: string, known: readonly string[]) => string,
): CrossMistake[] {
  const pools = map(fleet['pools'])
  const owners = new Map<string, string>()
  return Object.entries(map(fleet['splits'])).flatMap(([split, spec]) => {
    const { a, b } = map(spec)
    const mistakes: CrossMistake[] = []
    const mistake = (which: 'a' | 'b', message: string) =>
      mistakes.push({ path: ['splits', split, which], at: 'value', message })
    if (!splitPattern.test(split)) {
      const message = 'is no name of a split, expected letters, digits and _: it becomes the name of a variable'
      mistakes.push({ path: ['splits', split], at: 'key', message })
    }
    for (const [which, name] of Object.entries({ a, b }) as ['a' | 'b', unknown][]) {
      if (typeof name !== 'string') continue
      if (!Object.hasOwn(pools, name)) mistake(which, notThere(name, Object.keys(pools)))
      else if (map(map(pools[name])['vars'])['mode'] === 'tcp') {
        mistake(which, `${name} is a pool of mode tcp, expected one that speaks HTTP`)
      }
      const owner = owners.get(name)
      if (owner !== undefined) mistake(which, `${name} is in the split ${owner} already, expected a pool of its own`)
      owners.set(name, split)
    }
    const balancers = [a, b].map((name) => map(pools[String(name)])['balancer'])
    if (balancers.every((one) => typeof one === 'string') && balancers[0] !== balancers[1]) {
      mistake('b', `${String(b)} is behind ${String(balancers[1])}, expected ${String(balancers[0])}, as ${String(a)}`)
    }
    return mistakes
  })
}
