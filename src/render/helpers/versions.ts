import { Mistake } from '../errors.ts'
import { asText, type Helper } from './helper.ts'

const holds: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '<': (order) => order < 0,
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
}

function numbers(version: string): number[] {
  if (!/^\d+(\.\d+)*/.test(version)) throw new Mistake(`${JSON.stringify(version)} is no version`)
  return (/^[\d.]+/.exec(version)?.[0] ?? '')
    .split('.')
    .filter((part) => part !== '')
    .map(Number)
}

/** Of two versions, as far as the second one goes: 3.0.11 is 3.0. */
function compare(version: string, other: string): number {
  const ours = numbers(version)
  for (const [index, number] of numbers(other).entries()) {
    const difference = (ours[index] ?? 0) - number
    if (difference !== 0) return difference
  }
  return 0
}

/** `{{version}}` is the daemon's version on the host, `{{#if (version ">=" "3.1")}}` compares it. */
export const versions: Readonly<Record<string, Helper>> = {
  version: {
    takes: [0, 2],
    call: ([relation, other], _named, { version }) => {
      if (relation === undefined) return version()
      const test = holds[asText(relation)]
      if (!test) throw new Mistake(`does not know ${asText(relation)}, expected one of ${Object.keys(holds).join(' ')}`)
      if (other === undefined) throw new Mistake('wants a version to compare with')
      return test(compare(version(), asText(other)))
    },
  },
}
