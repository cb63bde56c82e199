import { crossMistakes } from './cross-checks.ts'
import type { Fleet } from './fleet.ts'
import { asSeen, readYaml, yamlText } from './read-yaml.ts'
import { fleetSchema } from './schema.ts'
import { toFleet } from './to-fleet.ts'

/**
 * Reads and checks a fleet file; messages name it as seen from the working directory.
 * Throws FleetNotFound when it cannot be read and FleetInvalid with every mistake in it.
 */
export async function loadFleet(file: string): Promise<Fleet> {
  return parseFleet(await yamlText(file), asSeen(file))
}

/**
 * Checks the text of a fleet file and returns the fleet. `file` is what messages call it. Throws FleetInvalid with every
 * mistake, in the order in which they stand in the file.
 */
export function parseFleet(text: string, file: string): Fleet {
  return toFleet(readYaml(text, { file, schema: fleetSchema, cross: crossMistakes }), { file, text })
}
