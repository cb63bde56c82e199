import { describe, expect, test } from 'vitest'
import { renderFile } from '../../../src/render/render.ts'
import { mistakeOf, rendered } from './templates.ts'

const text = async (...given: Parameters<typeof rendered>) => (await rendered(...given)).text

test('values are put in as they are', async () => {
  expect(await text('{{name}} <{{note}}>', { name: 'lb1', note: `"a" & 'b'` })).toBe(`lb1 <"a" & 'b'>\n`)
})

test('a final newline is there, once', async () => {
  expect(await text('a')).toBe('a\n')
  expect(await text('a\n')).toBe('a\n')
  expect(await text('{{#if no}}x{{/if}}', { no: false })).toBe('')
})

test('an error of a file of our own names it', () => {
  expect(() => renderFile('lab/hosts/hosts.hbs', {})).toThrow('templates/lab/hosts/hosts.hbs:2:9: no variable hosts')
})

test('partials see what they are given, and what surrounds them', async () => {
  const partials = { line: '{{name}} {{port}} of {{../name}} in {{@root.pool}}\n', outer: '{{> line port=80}}' }
  const data = { pool: 'shop', servers: [{ name: 'app1' }, { name: 'app2' }] }
  expect(await text('{{#each servers}}\n  {{> outer}}\n{{/each}}\n', data, partials)).toBe(
    '  app1 80 of app1 in shop\n  app2 80 of app2 in shop\n',
  )
})

test('inline partials', async () => {
  expect(await text('{{> x name="b"}}{{#*inline "x"}}[{{name}}]{{/inline}}', { name: 'a' })).toBe('[b]\n')
})

test('an empty line of an indented partial stays empty', async () => {
  expect(await text('x {\n    {{> a}}\n}\n', {}, { a: 'b;\n\nc;\n' })).toBe('x {\n    b;\n\n    c;\n}\n')
})

describe('helpers', () => {
  const data = {
    vars: { maxconn: 5, tls: null, list: ['a', 'b'] },
    hosts: [{ name: 'lb1' }, { name: 'lb2' }],
    v4: '10.0.0.1',
    v6: '2001:db8::1',
    host: { address: 'lb.example', other_addresses: ['10.0.0.1', '2001:db8::1'] },
  }
  test.each([
    ['{{default vars.maxconn 1}} {{default vars.minconn 1}} {{default vars.a.b.c "x"}}', '5 1 x'],
    ['{{given vars.maxconn}} {{given vars.minconn}} {{given vars.tls}}', 'true false false'],
    ['{{#each hosts}}{{given this.port}}{{given ../vars.x}} {{/each}}', 'falsefalse falsefalse '],
    ['{{and 1 vars.list}} {{and 1 ""}} {{or 0 ""}} {{or 0 1}} {{not 0}}', 'true false false true true'],
    ['{{eq vars.maxconn 5}} {{eq "5" 5}} {{ne v4 v6}}', 'true false true'],
    ['{{join vars.list}}; {{join vars.list " "}}; {{join hosts "|" of="name"}}', 'a, b; a b; lb1|lb2'],
    ['{{join (list 1 "b")}} {{contains vars.list "b"}} {{concat "a" 1 "c"}}', '1, b true a1c'],
    ['{{vars.list.length}} {{vars.list.[1]}} {{lookup hosts.[0] "name"}}', '2 b lb1'],
    [
      '{{endpoint v4 80}} {{endpoint v6 80}} {{bracketed v6}} {{ipv6 v6}}',
      '10.0.0.1:80 [2001:db8::1]:80 [2001:db8::1] true',
    ],
    ['{{address_of "10.0.0.1/24"}} {{join (addresses_of host)}}', '10.0.0.1 10.0.0.1, 2001:db8::1'],
    [
      '{{duration "90s"}} {{duration "1h"}} {{duration "1h30m"}} {{duration "250ms"}} {{duration "0"}}',
      '90s 1h 90m 250ms 0',
    ],
    [
      '{{version}} {{version ">=" "3"}} {{version "<" "3.0.9"}} {{version "=" "3.0"}} {{version ">" "3.0"}}',
      '3.0.11 true false true false',
    ],
    ['{{version ">=" "3.0.11"}} {{version "!=" "2.6"}} {{version "<=" "2.9.99"}}', 'true true false'],
    ['{{secret "stats"}}', 's3cret'],
  ])('%s', async (template, expected) => {
    expect(await text(template, data)).toBe(`${expected}\n`)
  })

  test('durations in seconds for Keepalived', async () => {
    expect(await text('{{duration "100ms"}} {{duration "1m"}}', {}, {}, 'keepalived')).toBe('0.1 60\n')
  })

  test('a variable of a helper’s name is reached by this', async () => {
    expect(await text('{{this.version}} {{#each l as |list|}}{{list}}{{/each}}', { version: 1, l: [2] })).toBe('1 2\n')
  })
})

test('the secrets that went in are told', async () => {
  expect(await rendered('{{secret "stats"}}{{secret "stats"}}')).toEqual({
    text: 's3crets3cret\n',
    secrets: ['s3cret'],
  })
  expect((await rendered('{{#if no}}{{secret "stats"}}{{/if}}', { no: false })).secrets).toEqual([])
})

test('a mistake tells nothing of a secret', async () => {
  expect(await mistakeOf('{{#with (secret "stats") as |s|}}{{s.x}}{{/with}}')).not.toContain('s3cret')
  expect(await mistakeOf('{{duration (secret "stats")}}')).not.toContain('s3cret')
  expect(await mistakeOf('{{lookup this (secret "stats")}}')).not.toContain('s3cret')
  expect(await mistakeOf('{{> (secret "stats")}}')).not.toContain('s3cret')
  expect(await mistakeOf('{{fail (secret "stats")}}')).not.toContain('s3cret')
})
