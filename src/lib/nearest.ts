function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

/** The names an operator may have meant, nearest first: at most three, none too far from what was typed. */
export function nearest(typed: string, names: readonly string[]): string[] {
  const reach = Math.max(2, Math.floor(typed.length / 2))
  return (
    names
      // Of `nginx/web` the last word alone may be what is known.
      .map((name) => ({
        name,
        far: name.endsWith(`/${typed}`) ? 0 : distance(typed.toLowerCase(), name.toLowerCase()),
      }))
      .filter(({ far }) => far <= reach)
      .toSorted((a, b) => a.far - b.far)
      .slice(0, 3)
      .map(({ name }) => name)
  )
}
