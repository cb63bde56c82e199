import type { Random } from './random.ts'

const names = [
  'a',
  'b',
  'host',
  'list',
  'maps',
  'none',
  'off',
  'zero',
  'text',
  'nmae',
  'constructor',
  'this',
  '@index',
  '@key',
  '@root',
  '.',
  '..',
]

/** A path: often one that leads somewhere. */
function path(random: Random): string {
  const start = random.of([...names, '../a', '@root.a', 'this.b', './text', '../../list', '@../index'])
  return [start, ...random.some(1, () => random.of(['name', 'port', 'length', '[0]', 'a']))].join('.')
}

const helpers = [
  'join',
  'default',
  'given',
  'eq',
  'endpoint',
  'lookup',
  'duration',
  'concat',
  'list',
  'secret',
  'version',
  'jion',
  'and',
  'contains',
  'fail',
]

function expression(random: Random, depth = 2): string {
  if (depth === 0 || random.chance(0.6))
    return random.of([path(random), '"x"', '7', 'true', '"10s"', '">="', '"3.0"', path(random)])
  const named = random.some(1, () => `${random.of(['of', 'x'])}=${expression(random, depth - 1)}`)
  return `(${random.of(helpers)} ${[...random.some(3, () => expression(random, depth - 1)), ...named].join(' ')})`
}

/** A template that uses everything, rightly and wrongly. */
export function wildTemplate(random: Random, depth = 3): string {
  const inner = (): string => (depth === 0 ? 'x' : wildTemplate(random, depth - 1))
  const piece = (): string => {
    const block = random.of(['if', 'unless', 'each', 'with', 'eahc', 'join'])
    const params = random.chance(0.2) ? ` as |${random.of(['it', 'it key', 'a b c'])}|` : ''
    return random.of([
      () => random.of(['line\n', ' ', 'word', '\n', '  ', '{', '}', '\\', '# note\n', '\t']),
      () => `{{${path(random)}}}`,
      () => `{{${random.of(helpers)} ${expression(random)} ${expression(random)}}}`,
      () => `{{~${expression(random)}~}}`,
      () => `{{#${block} ${expression(random)}${params}}}${inner()}{{/${block}}}`,
      () => `{{#${block} ${expression(random)}}}${inner()}{{else}}${inner()}{{/${block}}}`,
      () => `{{#if ${path(random)}}}\n${inner()}{{else if ${path(random)}}}\n${inner()}{{/if}}\n`,
      () =>
        `  {{> ${random.of(['part', 'deep', 'itself', 'nowhere', '"part"', '(concat "pa" "rt")'])} ${random.of(['', path(random), 'x=1', `${path(random)} y=text`])}}}\n`,
      () => `{{#*inline "mine"}}${inner()}{{/inline}}{{> mine}}`,
      () =>
        random.of([
          '{{! note }}',
          '{{!-- note --}}\n',
          '{{{text}}}',
          '{{&text}}',
          '\\{{text}}',
          '{{#> part}}x{{/part}}',
          '{{{{raw}}}}x{{{{/raw}}}}',
          '{{* x}}',
        ]),
    ])()
  }
  const text = random.some(6, piece).join('')
  if (!random.chance(0.15) || text === '') return text
  // A slip of the hand.
  const at = random.below(text.length)
  return (
    text.slice(0, at) + random.of(['', '{{', '}}', '"', '\n', '|', '(', '/', '#']) + text.slice(at + random.below(3))
  )
}

/** A template of what Handlebars itself has, with names that are there: both are to make the same of it. */
export function tameTemplate(random: Random, depth = 3): string {
  const inner = (): string => (depth === 0 ? 'x' : tameTemplate(random, depth - 1))
  const thing = (): string =>
    random.of(['list', 'maps', 'none', 'host', '@root.list', '../list', 'this', '@root.maps', 'text', 'off', 'zero'])
  const shown = (): string =>
    random.of([
      'text',
      'host.name',
      'this',
      '@index',
      '@key',
      '@first',
      '@root.text',
      '../text',
      'it',
      'key',
      'name',
      '@../index',
      'zero',
      'off',
    ])
  const strip = (): string => (random.chance(0.2) ? '~' : '')
  const piece = (): string => {
    const block = random.of(['if', 'unless', 'each', 'with'])
    const params =
      random.chance(0.3) && (block === 'each' || block === 'with') ? ` as |${block === 'each' ? 'it key' : 'it'}|` : ''
    const end = random.of(['', '\n'])
    return random.of([
      () => random.of(['line\n', ' ', 'word', '\n', '  ', '# note\n']),
      () => `{{${strip()}${shown()}${strip()}}}`,
      () => `{{${shown()}}}`,
      () =>
        `${end}{{${strip()}#${block} ${thing()}${params}${strip()}}}${end}${inner()}${end}{{${strip()}/${block}${strip()}}}${end}`,
      () => `{{#${block} ${thing()}}}${end}${inner()}{{${strip()}else${strip()}}}${end}${inner()}{{/${block}}}${end}`,
      () => `{{#if ${thing()}}}${inner()}{{else if ${thing()}}}${inner()}{{else}}${inner()}{{/if}}`,
      () =>
        `  {{> ${random.of(['part', 'deep'])} ${random.of(['', 'host', '@root', 'x=text', '@root y=zero'])}}}${end}`,
      () => `${end}{{#*inline "mine"}}${inner()}{{/inline}}${end}{{> mine}}`,
      () => random.of(['{{! note }}\n', '{{!-- note --}}\n', '\\{{text}}']),
    ])()
  }
  return random.some(5, piece).join('')
}

export const data = {
  a: 'A',
  b: { name: 'B', port: 80, a: ['x', 1] },
  host: {
    name: 'lb1',
    port: 22,
    text: 'inner',
    list: [3],
    maps: { k: 'v' },
    none: [],
    host: { name: 'h' },
    off: true,
    zero: 1,
  },
  list: ['one', 'two', 3],
  maps: { x: { name: 'X' }, y: { name: 'Y', port: 1 } },
  none: [],
  off: false,
  zero: 0,
  text: 'some <text> & more',
}

export const partials = {
  part: 'part {{text}}\n\n  end\n',
  deep: '{{#each @root.list}}\n  {{> part @root}}\n{{/each}}\n',
  itself: '{{> itself}}',
}
