/** How many of a number of things go at once: `2`, or a share of them: `50%`. */
export type BatchSize = { readonly count: number } | { readonly percent: number }

/** Reads `1,50%`: the first batch has one, every further one half of all. Undefined when the text is no such list. */
export function parseBatches(text: string): BatchSize[] | undefined {
  const sizes = text.split(',').map((word) => {
    const [, digits = '', percent] = /^\s*([1-9]\d{0,4})(%)?\s*$/.exec(word) ?? []
    if (digits === '') return undefined
    return percent === undefined ? { count: Number(digits) } : { percent: Number(digits) }
  })
  const known = sizes.filter((size) => size !== undefined)
  return known.length === sizes.length && known.every((size) => 'count' in size || size.percent <= 100)
    ? known
    : undefined
}

/** Cuts a list into batches; the last size is repeated. A share is of the whole list, and never less than one. */
export function inBatches<T>(list: readonly T[], sizes: readonly BatchSize[]): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < list.length; start += batches.at(-1)?.length ?? 1) {
    const size = sizes[batches.length] ?? sizes.at(-1) ?? { count: 1 }
    const many = 'count' in size ? size.count : Math.max(1, Math.floor((list.length * size.percent) / 100))
    batches.push(list.slice(start, start + many))
  }
  return batches
}
