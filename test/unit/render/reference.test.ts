import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { helpers } from '../../../src/render/helpers/index.ts'

const reference = readFileSync(new URL('../../../docs/templates.md', import.meta.url), 'utf8')

test('the reference has every helper, and no other', () => {
  const [, section = ''] = /## Helpers\n([\s\S]*?)\n## /.exec(reference) ?? []
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/\{\{(\w+)/g)].map(([, name]) => name))
  expect(new Set(named)).toEqual(new Set(Object.keys(helpers)))
})
