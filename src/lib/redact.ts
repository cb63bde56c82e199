const blot = '‹secret›'

/** Where a configuration of HAProxy or Keepalived has a password, whoever wrote it there: `password`, `stats auth`, `auth_pass`. */
const written =
  /(?<=\b(?:insecure-)?password[ \t]+)\S+|(?<=\bstats[ \t]+auth[ \t]+[^:\s]+:)\S+|(?<=\bauth_pass[ \t]+)\S+/g

/** The same, of a text that lies on a host: what is a password by the word before it is blotted out too. */
export function redactWritten(text: string, secrets: readonly string[]): string {
  return redact(text, secrets).replaceAll(written, blot)
}

/**
 * A text in which nothing of `secrets` can be read. Each line of a secret is blotted out by itself too, for a diff shows
 * lines one by one. To be called before a text is encoded: JSON and shells write some characters in other ways.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split('\n')]).map((line) => line.trim())
  const longestFirst = [...new Set(lines)].filter((line) => line !== '').toSorted((a, b) => b.length - a.length)
  return longestFirst.reduce((shown, secret) => shown.replaceAll(secret, blot), text)
}
