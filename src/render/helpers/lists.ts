import { Mistake, unknown } from '../errors.ts'
import { asList, asText, type Helper } from './helper.ts'

const many = Number.POSITIVE_INFINITY

function pick(thing: unknown, name: string): unknown {
  if (typeof thing !== 'object' || thing === null) throw new Mistake(`has nothing called ${name} in its list`)
  if (!Object.hasOwn(thing, name)) throw unknown('variable', name, Object.keys(thing))
  return (thing as Readonly<Record<string, unknown>>)[name]
}

/** Helpers for lists and text. */
export const lists: Readonly<Record<string, Helper>> = {
  /** `{{join hosts " " of="address"}}`; a comma and a space where nothing else is said. */
  join: {
    takes: [1, 2],
    named: ['of'],
    call: ([list, by = ', '], { of }) =>
      asList(list)
        .map((each) => asText(of === undefined ? each : pick(each, asText(of))))
        .join(asText(by)),
  },
  list: { takes: [0, many], call: (things) => things },
  contains: { takes: [2, 2], call: ([list, thing]) => asList(list).includes(thing) },
  concat: { takes: [1, many], call: (texts) => texts.map(asText).join('') },
}
