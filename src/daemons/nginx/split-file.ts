import {
  everybody,
  mapsOf,
  ruleKinds,
  type Rule,
  type RuleKind,
  type Rules,
  type Variant,
} from '../../lib/split-rules.ts'

/** What a split's file is made of. */
export interface SplitNames {
  readonly name: string
  readonly header?: string
  readonly cookie?: string
  readonly shareBy: { readonly header?: string; readonly cookie?: string }
}

/** The upstreams of the two. */
export type Upstreams = { readonly [which in Variant]: string }

/** Words that mean something else in a `map`, unless they are escaped. */
const special = ['default', 'hostnames', 'include', 'volatile']

/** The variable of a header or cookie: `$http_x_shop`, `$cookie_shop`. */
function variableOf({ header, cookie }: { readonly header?: string; readonly cookie?: string }): string | undefined {
  if (header !== undefined) return `$http_${header.replaceAll('-', '_')}`
  return cookie === undefined ? undefined : `$cookie_${cookie.toLowerCase()}`
}

/**
 * The file of a split, which nginx.conf includes in `http`: `$split_NAME` is the upstream that a request goes to. Each of its
 * parts says `a`, `b` or nothing, and the first that says anything decides. Manual: ngx_http_map_module, _geo_, _split_clients_.
 */
export function splitFileText(split: SplitNames, { rules, share }: Rules, upstreams: Upstreams): string {
  const { name, header, cookie, shareBy } = split
  const own = `$split_${name}`
  const client = variableOf(shareBy)
  const byValue = (by: RuleKind, variable: string | undefined) =>
    variable === undefined ? [] : block(`map ${variable} ${own}_${by}`, ['default "";', ...lines(rules, by, quoted)])
  return [
    `# The split ${name}: who is sent to ${upstreams.b} (b), and who to ${upstreams.a} (a).`,
    `# Changed by zdt split set ${name}; nginx reads it when it is reloaded.`,
    ...byValue('header', variableOf(header === undefined ? {} : { header })),
    ...byValue('cookie', variableOf(cookie === undefined ? {} : { cookie })),
    ...block(`geo ${own}_source`, ['default "";', ...lines(rules, 'source', (key) => key)]),
    ...(client === undefined ? [] : block(`map ${client} ${own}_client`, ['"" $remote_addr;', `default ${client};`])),
    ...block(`split_clients "${name} ${client === undefined ? '$remote_addr' : `${own}_client`}" ${own}_share`, [
      // It knows no 0 %.
      ...(share > 0 ? [`${share / 100}% b;`] : []),
      ...(share < everybody ? ['* a;'] : []),
    ]),
    ...block(
      `map "${mapsOf(split)
        .map((part) => `${own}_${part}`)
        .join('')}" ${own}`,
      [`"~^b" "${upstreams.b}";`, `default "${upstreams.a}";`],
    ),
    '',
  ].join('\n')
}

function block(head: string, inner: readonly string[]): string[] {
  return [`${head} {`, ...inner.map((line) => `    ${line}`), '}']
}

function lines(rules: readonly Rule[], by: RuleKind, written: (key: string) => string): string[] {
  return rules.filter((rule) => rule.by === by).map(({ key, to }) => `${written(key)} ${to};`)
}

function quoted(key: string): string {
  return special.includes(key) ? `"\\${key}"` : `"${key}"`
}

/** The rules that such a file says; what is none of them is not looked at. */
export function parseSplitFile(name: string, text: string): Rules {
  const inner = (part: string) => {
    const from = text.split('\n')
    const start = from.findIndex((line) => line.endsWith(` $split_${name}_${part} {`))
    return start === -1 ? [] : from.slice(start + 1, from.indexOf('}', start))
  }
  const rules = ruleKinds.flatMap((by) =>
    inner(by).flatMap((line): Rule[] => {
      const [, key, to] = /^\s*"?\\?([^\s"]+)"? ([ab]);$/.exec(line) ?? []
      return key === undefined ? [] : [{ by, key, to: to === 'b' ? 'b' : 'a' }]
    }),
  )
  const percent = inner('share').map((line) => /^\s*(\d+(?:\.\d+)?)% b;$/.exec(line)?.[1])
  const share = Math.round(Number(percent.find((one) => one !== undefined) ?? 0) * 100)
  return { rules, share: Math.min(share, everybody) }
}
