import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type LineCounter, type Pair } from 'yaml'

export type Path = readonly PropertyKey[]

/** A place in the file, counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A path as it is written in messages: `pools.shop.servers.app1`, `haproxy.edge.hosts[0]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      const text = /^[A-Za-z0-9_-]+$/.test(String(step)) ? String(step) : JSON.stringify(String(step))
      return index === 0 ? text : `.${text}`
    })
    .join('')
}

/** Where the values and keys of a YAML document stand. */
export class Positions {
  readonly #document: Document
  readonly #lines: LineCounter

  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  /** The place of an offset. */
  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }

  /** Where the value at a path stands; when it is not there, the key of the nearest thing around it. */
  ofValue(path: Path): Position {
    const value = this.#find(path)?.value
    return isNode(value) && value.range ? this.at(value.range[0]) : this.ofKey(path)
  }

  /** Where the key at a path stands; when it is not there, the key of the nearest thing around it. */
  ofKey(path: Path): Position {
    for (let length = path.length; length > 0; length--) {
      const found = this.#find(path.slice(0, length))
      const node = found?.key ?? found?.value
      if (isNode(node) && node.range) return this.at(node.range[0])
    }
    return this.at(this.#document.contents?.range?.[0] ?? 0)
  }

  #find(path: Path): { readonly key?: unknown; readonly value: unknown } | undefined {
    let found: { readonly key?: unknown; readonly value: unknown } | undefined = { value: this.#document.contents }
    for (const step of path) {
      const node: unknown = isAlias(found?.value) ? found.value.resolve(this.#document) : found?.value
      found = isSeq(node) ? { value: node.items[Number(step)] } : isMap(node) ? pairAt(node.items, step) : undefined
      if (found === undefined) return undefined
    }
    return found
  }
}

/** The name that a key has in JavaScript: that of a number, true or null is not always how it was written. */
export function keyName(key: unknown): string {
  if (!isScalar(key) || key.value === null) return ''
  return typeof key.value === 'string' ? key.value : JSON.stringify(key.value)
}

function pairAt(pairs: readonly Pair[], step: PropertyKey): Pair | undefined {
  return pairs.find(({ key }) => keyName(key) === String(step))
}
