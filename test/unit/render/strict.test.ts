import { describe, expect, test } from 'vitest'
import { mistakeOf, rendered } from './templates.ts'

const data = {
  host: { name: 'lb1', address: '10.0.0.11' },
  hosts: [{ name: 'lb1' }, { name: 'lb2' }],
  none: null,
  off: false,
  port: 80,
  empty: [],
}

describe('what has no value is an error, with its place and the nearest name', () => {
  test.each([
    ['{{hots}}', '1:3: no variable hots | did you mean hosts or host?'],
    ['a\n  {{host.nmae}}', '2:5: no variable nmae in host.nmae | did you mean name? | there is address, name'],
    ['{{#if hots}}{{/if}}', '1:7: no variable hots'],
    ['{{#if host.a.b.c}}{{/if}}', '1:7: no variable a in host.a.b.c'],
    ['{{#unless hots}}x{{/unless}}', '1:11: no variable hots'],
    ['{{#each hots}}x{{/each}}', '1:9: no variable hots'],
    ['{{#with hots}}x{{/with}}', '1:9: no variable hots'],
    ['{{#each hosts}}{{addr}}{{/each}}', '1:18: no variable addr'],
    ['{{join hots}}', '1:8: no variable hots'],
    ['{{join hosts of="addr"}}', '1:1: join: no variable addr'],
    ['{{lookup host "nmae"}}', '1:1: lookup: no variable nmae | did you mean name?'],
    ['{{lookup hosts 7}}', '1:1: lookup: no variable 7'],
    ['{{eq (endpoint host.addr 1) 2}}', '1:16: no variable addr in host.addr | there is address, name'],
    ['{{@root.hots}}', '1:3: no variable hots in @root.hots'],
    ['{{@idnex}}', '1:3: no data @idnex'],
    ['{{#each hosts}}{{@idnex}}{{/each}}', '1:18: no data @idnex | did you mean @index?'],
    ['{{../host}}', '1:3: ../host leads out'],
    ['{{#each hosts}}{{../../host}}{{/each}}', '1:18: ../../host leads out'],
    ['{{host.constructor}}', '1:3: no variable constructor in host.constructor'],
    ['{{host.__proto__}}', '1:3: no variable __proto__ in host.__proto__'],
    ['{{lookup host "constructor"}}', '1:1: lookup: no variable constructor'],
    ['{{host.name.big}}', '1:3: no big in host.name.big: before it stands text, expected a map'],
    ['{{none.x}}', '1:3: no x in none.x: before it stands nothing'],
    ['{{default hots 1}}', '1:11: no variable hots'],
    ['{{toString}}', '1:3: no variable toString'],
    ['{{toString host}}', '1:1: no helper toString'],
    ['{{jion hosts}}', '1:1: no helper jion | did you mean join?'],
    ['{{#if (jion hosts)}}{{/if}}', '1:7: no helper jion | did you mean join?'],
    ['{{#host}}{{name}}{{/host}}', '1:1: no block #host'],
    ['{{^off}}x{{/off}}', '1:1: no block #off'],
    ['{{#foreach hosts}}{{/foreach}}', '1:1: no block #foreach'],
  ])('%s', async (template, mistake) => {
    expect(await mistakeOf(template, data)).toContain(`main.hbs:${mistake}`)
  })
})

describe('what cannot be written is an error', () => {
  test.each([
    ['{{none}}', '1:1: this is nothing, expected text or a number'],
    ['{{host}}', '1:1: this is a map'],
    ['{{hosts}}', '1:1: this is a list'],
    ['{{null}}', '1:3: null and undefined are no values'],
    ['{{eq undefined 1}}', '1:6: null and undefined are no values'],
    ['{{#each port}}{{/each}}', '1:1: #each wants a list or a map, not a number'],
    ['{{#each none}}{{/each}}', '1:1: #each wants a list or a map, not nothing'],
    ['{{join host}}', '1:1: join: wants a list, not a map'],
    ['{{join hosts}}', '1:1: join: wants text, not a map'],
    ['{{concat host "x"}}', '1:1: concat: wants text, not a map'],
    ['{{endpoint host.address}}', '1:1: endpoint takes 2 parameters, not 1'],
    ['{{endpoint host.address port by=1}}', '1:1: no parameter of endpoint by'],
    ['{{#if}}x{{/if}}', '1:1: #if takes one parameter'],
    ['{{#if off off}}x{{/if}}', '1:1: #if takes one parameter'],
    ['{{#each hosts as |a b c|}}{{/each}}', '1:1: gives 2 to |a b c|'],
    ['{{fail "say where"}}', '1:1: say where'],
    ['{{duration "soon"}}', '1:1: duration: "soon" is no duration'],
    ['{{version "~" "3"}}', '1:1: version: does not know ~'],
    ['{{secret "stat"}}', '1:1: secret: no secret stat | did you mean stats?'],
    ['{{* host}}', '1:1: decorators are not there'],
    ['{{#*inlien "x"}}{{/inlien}}', '1:5: decorators are not there'],
    ['{{#> part}}x{{/part}}', '1:1: {{#> name}} blocks are not there'],
  ])('%s', async (template, mistake) => {
    expect(await mistakeOf(template, data)).toContain(`main.hbs:${mistake}`)
  })
})

describe('what is no template is an error where the parser got stuck', () => {
  test.each([
    ['a\nb {{foo', '2:5: this is no Handlebars'],
    ['a\n  {{foo}', '2:8: this is no Handlebars'],
    ['{{#if host}}\nx', '2:2: something is not closed'],
    ['x\n{{#if a}}\n{{/each}}', "2:4: if doesn't match each"],
    ['{{!-- x', '1:1: this is no Handlebars'],
    ['{{a/../b}}', '1:3: Invalid path'],
  ])('%j', async (template, mistake) => {
    expect(await mistakeOf(template)).toContain(`main.hbs:${mistake}`)
  })
})

describe('partials', () => {
  test('one that is not there, with the nearest', async () => {
    expect(await mistakeOf('\n{{> haproxy/globl}}', {}, { 'haproxy/global': '' })).toContain(
      'main.hbs:2:1: no partial haproxy/globl | did you mean haproxy/global?',
    )
  })

  test('a mistake in one has the place in that one', async () => {
    expect(await mistakeOf('{{> haproxy/global}}', {}, { 'haproxy/global': 'a\n{{b}}' })).toContain(
      'global.hbs:2:3: no variable b',
    )
    expect(await mistakeOf('{{> haproxy/global}}', {}, { 'haproxy/global': 'a\n{{b' })).toContain(
      'global.hbs:2:3: this is no Handlebars',
    )
  })

  test.each(['../outside', '/etc/hostname', './main', 'a//b'])('one outside of the library: %s', async (name) => {
    expect(await mistakeOf(`{{> "${name}"}}`)).toContain(`no partial ${name}`)
  })

  test('one in itself has an end', async () => {
    expect(await mistakeOf('{{> a}}', {}, { a: '{{> a}}' })).toContain('a.hbs:1:1: partials within partials, 50 deep')
    expect(await mistakeOf('{{> a}}', {}, { a: '{{> a}}{{> a}}' })).toMatch(/partials within partials/)
  })

  test('values by name that are missing, or go with no map', async () => {
    expect(await mistakeOf('{{> a x=y}}', {}, { a: '' })).toContain('main.hbs:1:9: no variable y')
    expect(await mistakeOf('{{> a hosts x=1}}', data, { a: '' })).toContain(
      'main.hbs:1:1: values by name go with a map',
    )
  })
})

test('a rendering without end is ended', async () => {
  const long = Array.from({ length: 2000 }, (_, index) => index)
  const template = '{{#each l}}{{#each @root.l}}{{#each @root.l}}x{{/each}}{{/each}}{{/each}}'
  expect(await mistakeOf(template, { l: long })).toContain('this has no end')
})

test('an empty list, a zero, an empty text and a false are values', async () => {
  const template = '{{#each empty}}x{{else}}none{{/each}} {{n}} [{{t}}] {{#if off}}y{{/if}}{{off}}'
  expect((await rendered(template, { ...data, n: 0, t: '' })).text).toBe('none 0 [] false\n')
})
