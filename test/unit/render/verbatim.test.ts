import { expect, test } from 'vitest'
import { Library } from '../../../src/render/library.ts'
import { parse } from '../../../src/render/parse.ts'
import { renderTemplate } from '../../../src/render/render.ts'
import { verbatim } from '../../../src/render/verbatim.ts'

const rendered = async (template: string) => {
  const supply = {
    version: () => Promise.reject(new Error()),
    secretNames: [],
    secret: () => Promise.reject(new Error()),
  }
  const { text } = await renderTemplate(
    parse('one', template),
    {},
    { daemon: 'nginx', library: new Library([]), supply },
  )
  return text
}

test.each([
  'global\n  maxconn 10\n',
  'log-format "%{+Q}r %[var(x)]"\n',
  'a {{b}} c\n',
  '{{{{raw}}}} {{{x}}} }}}} {{\n',
  '\\{{ \\\\{{ \\\\\\{{{\n',
  '  {{#if a}}\n  {{!-- --}}\n{{~ x ~}}\n',
  'location ~ "^/[0-9]{{2}}$" { return 200 "{{"; }\r\n',
  '',
])('%j as a template renders to itself', async (text) => expect(await rendered(verbatim(text))).toBe(text))

test('whatever a configuration is made of', async () => {
  const pieces = ['{{', '{', '}}', '\\', '\n', ' ', 'a', '!', '~', '#', '--', 'é']
  let seed = 7
  for (let round = 0; round < 2000; round++) {
    let text = ''
    for (let length = 0; length < 12; length++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      text += pieces[Math.floor((seed / 2_147_483_648) * pieces.length)] ?? ''
    }
    expect(await rendered(verbatim(`${text}\n`))).toBe(`${text}\n`)
  }
})
