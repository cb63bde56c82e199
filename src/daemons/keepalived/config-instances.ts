/** One `vrrp_instance` as a configuration text has it; keepalived.conf(5). What is not there is undefined. */
export type ConfiguredInstance = {
  readonly name: string
  readonly routerId: number
  readonly interface: string
  readonly version: 2 | 3
  readonly priority: number
  /** It takes a VIP from a master of lower priority. */
  readonly preempts: boolean
  /** Seconds. */
  readonly advertInterval: number
  readonly unicast: boolean
  /** `PASS` or `AH`, never the password; empty when there is none. */
  readonly authentication: string
  /** What is advertised: without prefix lengths, sorted. */
  readonly addresses: readonly string[]
}

/** A statement, or a block with what is in it. */
interface Statement {
  readonly words: readonly string[]
  readonly block: readonly Statement[]
}

/** The words of each line, quotes taken off, with every bracket on a line of its own. Comments begin with `#` or `!`. */
function linesOf(text: string): string[][] {
  return text.split('\n').flatMap((line) => {
    const lines: string[][] = [[]]
    for (const [word, quoted] of line.replace(/[#!].*/, '').matchAll(/"([^"]*)"|[{}]|[^\s{}"]+/g)) {
      if (word === '{' || word === '}') lines.push([word], [])
      else lines.at(-1)?.push(quoted ?? word)
    }
    return lines.filter(({ length }) => length > 0)
  })
}

/** Takes `lines` up to the bracket that closes, or to the end. */
function parse(lines: string[][]): Statement[] {
  const found: { words: string[]; block: Statement[] }[] = []
  for (let words = lines.shift(); words !== undefined && words[0] !== '}'; words = lines.shift()) {
    if (words[0] === '{') found.at(-1)?.block.push(...parse(lines))
    else found.push({ words, block: [] })
  }
  return found
}

/** Does a keepalived.conf say all itself? Definitions, conditions, includes and excluded addresses are not looked into. */
export function saysAllItself(text: string): boolean {
  return !/^\s*(include\w*|@)|\$|\bvirtual_ipaddress_excluded\b/m.test(text)
}

/**
 * The instances of a keepalived.conf. `include`, `$definitions` and `@conditions` are not followed. Never fails: whether
 * the text is valid is for Keepalived to say.
 */
export function configuredInstances(text: string): ConfiguredInstance[] {
  const all = parse(linesOf(text))
  const globals = all.find(({ words }) => words[0] === 'global_defs')?.block ?? []
  const version = globals.find(({ words }) => words[0] === 'vrrp_version')?.words[1] ?? '2'
  return all
    .filter(({ words }) => words[0] === 'vrrp_instance')
    .map(({ words: [, name = ''], block }) => {
      const inside = (keyword: string) => block.find(({ words }) => words[0] === keyword)
      const value = (keyword: string, otherwise: string) => inside(keyword)?.words[1] ?? otherwise
      const authentication = inside('authentication')?.block.find(({ words }) => words[0] === 'auth_type')
      return {
        name,
        routerId: Number(value('virtual_router_id', '0')),
        interface: value('interface', ''),
        version: value('version', version) === '3' ? 3 : 2,
        priority: Number(value('priority', '100')),
        preempts: inside('nopreempt') === undefined,
        advertInterval: Number(value('advert_int', '1')),
        unicast: inside('unicast_peer') !== undefined,
        authentication: authentication?.words[1] ?? '',
        addresses: (inside('virtual_ipaddress')?.block ?? [])
          .map(({ words: [address = ''] }) => address.replace(/\/\d+$/, ''))
          .toSorted(),
      }
    })
}
