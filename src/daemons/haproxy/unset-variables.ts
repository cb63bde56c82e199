/** A place where a configuration asks for a variable that nobody has set. */
export type UnsetVariable = { readonly name: string; readonly path: string; readonly line: number }

/** Set by HAProxy itself before it reads its configuration (configuration manual §2.4, "Environment variables"). */
const predefined = (
  'LOCALPEER CFGFILES MWORKER CLI MASTER_CLI BRANCH STARTUP_VERSION ' +
  'HTTP_LOG_FMT HTTPS_LOG_FMT TCP_LOG_FMT HTTP_CLF_LOG_FMT TCP_CLF_LOG_FMT'
)
  .split(' ')
  .map((name) => `HAPROXY_${name}`)

/** Comment, escape, 'strong quotes' (nothing is expanded inside), "weak quotes". */
const tokens = /#.*|\\.|'[^']*'|"((?:[^"\\]|\\.)*)"/g
const variables = /\\.|\$(?:\{(\w+)(?:\[\*\])?(-)?[^}]*\}|([A-Za-z_]\w*))/g

/** The names that one line asks for and gives no default to: HAProxy expands them inside of weak quotes alone (§2.4). */
function asked(line: string): string[] {
  return [...line.matchAll(tokens)].flatMap(([, quoted = '']) =>
    [...quoted.matchAll(variables)].flatMap(([, braced, fallback, bare]) =>
      fallback === undefined ? (braced ?? bare ?? []) : [],
    ),
  )
}

/**
 * The variables that a configuration expands and that are not set: HAProxy takes each for an empty word, says nothing, and
 * `bind "${ADDR}:80"` listens on every address (TRAPS: HAProxy). `names`: what is set in its environment.
 */
export function unsetVariables(
  texts: readonly { readonly path: string; readonly text: string }[],
  names: readonly string[],
): UnsetVariable[] {
  const known = new Set([...names, ...predefined])
  const lines = texts.flatMap(({ path, text }) =>
    text.split('\n').map((words, index) => ({ path, words, line: index + 1 })),
  )
  for (const { words } of lines) {
    const [, set] = /^\s*(?:setenv|presetenv)\s+"?(\w+)/.exec(words) ?? []
    if (set !== undefined) known.add(set)
    for (const [, tested = ''] of words.matchAll(/\bdefined\((\w+)\)/g)) known.add(tested)
  }
  return lines.flatMap(({ path, words, line }) =>
    asked(words)
      .filter((name) => !known.has(name))
      .map((name) => ({ name, path, line })),
  )
}
