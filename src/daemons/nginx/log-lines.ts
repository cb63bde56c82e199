/** A line of nginx's error log that tells of an accident. */
export type LogLine = {
  readonly level: 'emerg' | 'alert' | 'crit' | 'error'
  /** Who wrote it; null for what was said before the log was opened. */
  readonly pid: number | null
  /** Without time and process: `bind() to 0.0.0.0:9999 failed (98: Address already in use)`. */
  readonly text: string
}

/**
 * The accidents in nginx's log or in what it said on stderr: `DATE [emerg] 80#80: …` and `nginx: [emerg] …`. A start with
 * stderr in the log writes each twice, and five times for an address in use: what was said before is left out.
 */
export function parseLogLines(text: string): LogLine[] {
  const found = new Map<string, LogLine>()
  for (const line of text.split('\n')) {
    const [, level, pid, said] = /\[(emerg|alert|crit|error)\] (?:(\d+)#\d+: )?(?:\*\d+ )?(.*)$/.exec(line) ?? []
    if (said === undefined || (level !== 'emerg' && level !== 'alert' && level !== 'crit' && level !== 'error'))
      continue
    const before = found.get(`${level} ${said}`)
    found.set(`${level} ${said}`, { level, pid: before?.pid ?? (pid === undefined ? null : Number(pid)), text: said })
  }
  return [...found.values()]
}
