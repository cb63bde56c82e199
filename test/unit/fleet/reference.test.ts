import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseFleet } from '../../../src/fleet/load.ts'
import { fleetSchema } from '../../../src/fleet/schema.ts'

const reference = readFileSync(new URL('../../../docs/zdt.yaml.md', import.meta.url), 'utf8')

/** A table row for each field: its path, whether it must be there, and what the schema says about it. */
function rows(schema: unknown, path: string): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return rows(schema.unwrap(), path)
  }
  if (schema instanceof z.ZodRecord && path !== '') {
    return schema.valueType instanceof z.ZodObject ? rows(schema.valueType, `${path}.NAME`) : []
  }
  if (schema instanceof z.ZodArray) return rows(schema.element, `${path}[]`)
  if (!(schema instanceof z.ZodObject)) return []
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape
  return Object.entries(shape).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`
    const must = field.safeParse(undefined).success ? 'no' : 'yes'
    // What every host may say about ssh is said once, under defaults.
    // And what every group may say about files, under haproxy.
    const below = /^(hosts\.NAME\.ssh|(nginx|keepalived)\.NAME\.files)$/.test(here) ? [] : rows(field, here)
    return [`| \`${here}\` | ${must} | ${field.description ?? 'UNDOCUMENTED'} |`, ...below]
  })
}

test('the reference has a row for every field, and no other', () => {
  const documented = reference.split('\n').filter((line) => line.startsWith('| `'))
  expect(documented.map((line) => line.replaceAll(/ +/g, ' '))).toEqual(rows(fleetSchema, ''))
})

test('the example in the reference is a fleet', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(reference) ?? []
  const fleet = parseFleet(example, 'zdt.yaml')
  expect([...fleet.hosts.keys()]).toEqual(['lb1', 'lb2', 'app1', 'app2', 'app3', 'web1'])
  expect([...fleet.pools.keys()]).toEqual(['shop', 'web'])
})

test('the mistakes in the reference are what zdt says', () => {
  const [, yaml = '', said = ''] = /```yaml wrong\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/.exec(reference) ?? []
  expect(() => parseFleet(yaml, 'zdt.yaml')).toThrow(said.trimEnd())
  expect(said).not.toBe('')
})
