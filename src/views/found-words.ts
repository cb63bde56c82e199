import type { Json } from '../lib/types.ts'

/** What a step found, in words: `{ admin: 'ready', serving: true }` is `admin ready, serving yes`. */
export function foundWords(found: Json): string {
  if (found === null) return 'nothing'
  if (typeof found === 'boolean') return found ? 'yes' : 'no'
  if (typeof found !== 'object') return String(found)
  if (Array.isArray(found)) return found.length === 0 ? 'none' : found.map(inner).join(', ')
  return Object.entries(found)
    .map(([name, value]) => `${inWords(name)} ${value === undefined ? 'unknown' : inner(value)}`)
    .join(', ')
}

function inner(value: Json): string {
  const words = foundWords(value)
  return typeof value === 'object' && value !== null && words.includes(' ') ? `(${words})` : words
}

/** `initialWeight` → `initial weight`. */
function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
