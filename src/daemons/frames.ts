/** One block of a script's answer: `@name argument`, then its body without the blank before each line. */
export interface Frame {
  readonly name: string
  readonly argument: string
  readonly body: readonly string[]
}

/**
 * Reads what our scripts answer: frames from the line `@zdt TITLE` to the line `@end`. What stands before (a login
 * banner) is passed over. Undefined when either line is missing: the answer was cut short, or is somebody else's.
 */
export function parseFrames(answer: string, title: string): Frame[] | undefined {
  const lines = answer.split('\n')
  const start = lines.indexOf(`@zdt ${title}`)
  const end = lines.indexOf('@end', start + 1)
  if (start < 0 || end < 0) return undefined
  const frames: { name: string; argument: string; body: string[] }[] = []
  for (const line of lines.slice(start + 1, end)) {
    const [, name, argument = ''] = /^@(\S+)(?: (.*))?$/.exec(line) ?? []
    if (name !== undefined) frames.push({ name, argument, body: [] })
    else if (line.startsWith(' ')) frames.at(-1)?.body.push(line.slice(1))
  }
  return frames
}
