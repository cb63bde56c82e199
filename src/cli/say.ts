/** A word to whoever watches, on stderr: stdout is for the result alone. */
export function say(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}
