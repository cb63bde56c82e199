const blot = '‹secret›'

/**
 * A text in which nothing of `secrets` can be read. Each line of a secret is blotted out by itself too, for a diff shows
 * lines one by one. To be called before a text is encoded: JSON and shells write some characters in other ways.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split('\n')]).map((line) => line.trim())
  const longestFirst = [...new Set(lines)].filter((line) => line !== '').toSorted((a, b) => b.length - a.length)
  return longestFirst.reduce((shown, secret) => shown.replaceAll(secret, blot), text)
}
