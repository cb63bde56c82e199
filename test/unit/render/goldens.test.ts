import { describe, expect, test } from 'vitest'
import type { Daemon } from '../../../src/lib/rendered.ts'
import { exampleOf, fleetNames, versions } from './goldens.ts'

const cases = Object.entries(versions).flatMap(([daemon, all]) =>
  fleetNames.flatMap((fleet) => all.map((version) => [fleet, daemon as Daemon, version] as const)),
)

describe('what zdt’s own templates make of the example fleets', () => {
  test.each(cases)('%s: %s %s', async (fleet, daemon, version) => {
    for (const { host, files } of await exampleOf(fleet, daemon, version)) {
      for (const { path, content } of files) {
        const name = `${fleet}/${daemon}-${version}/${host}${path.slice(path.lastIndexOf('/')).replace('/', '-')}`
        await expect(content).toMatchFileSnapshot(`goldens/${name}`)
        // No trace of a value that was none, and no line that is not closed.
        expect(content).not.toMatch(/undefined|\[object|\bnull\b|[ \t]$/m)
        expect(content.endsWith('\n')).toBe(true)
      }
    }
  })
})
