/** Reads `1%, 5%, 25%`: rising shares of a whole, as parts of 1. Undefined when the text is no such list. */
export function parseShares(text: string): number[] | undefined {
  const shares = text.split(',').map((word) => {
    const [, digits] = /^\s*(\d{1,2}(?:\.\d{1,3})?)%\s*$/.exec(word) ?? []
    return Number(digits) / 100
  })
  const rise = shares.every((share, index) => share > (shares[index - 1] ?? 0))
  return rise ? shares : undefined
}

/** `2.5 %`. */
export function shareText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}
