/** How a master was started, read back from its title. */
export type NginxArgv = {
  /** What USR2 executes, without PATH: `/usr/sbin/nginx`. */
  readonly binary: string
  /** `-p`. */
  readonly prefix: string | null
  /** `-c`. */
  readonly config: string | null
  /** `-e`. */
  readonly errorLog: string | null
  /** `-g`. */
  readonly globals: string | null
}

/**
 * Reads `nginx: master process /usr/sbin/nginx -g daemon on; master_process on;`. nginx joins its arguments by blanks
 * and keeps no copy with borders, so a value reaches to the next known option; a path with a blank before a dash
 * is misread (nobody has one).
 */
export function parseMasterTitle(title: string): NginxArgv | undefined {
  const [, line] = /^nginx: master process (.+)$/s.exec(title) ?? []
  if (line === undefined) return undefined
  const [binary = '', ...words] = line.trim().split(/ (?=-[pcegtTqsvVh?])/)
  const found: Record<string, string> = {}
  for (const word of words) {
    const [, letters = '', value = ''] = /^-[tTqvVh?]*([pcegs]?) *(.*)$/s.exec(word) ?? []
    if (letters !== '') found[letters] = value.trim()
  }
  return {
    binary,
    prefix: found['p'] ?? null,
    config: found['c'] ?? null,
    errorLog: found['e'] ?? null,
    globals: found['g'] ?? null,
  }
}

/** The same options for another binary, such as a candidate that is to be tested with them (nginx(8)). */
export function argvOf({ prefix, config, errorLog, globals }: NginxArgv, binary: string): string[] {
  return [
    binary,
    ...(prefix === null ? [] : ['-p', prefix]),
    ...(config === null ? [] : ['-c', config]),
    ...(errorLog === null ? [] : ['-e', errorLog]),
    ...(globals === null ? [] : ['-g', globals]),
  ]
}
