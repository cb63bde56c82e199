import { z } from 'zod'

function inner(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? inner(schema.unwrap())
    : schema
}

/** The names that the schema knows at a path; none where any name will do. */
export function knownNames(schema: unknown, path: readonly PropertyKey[]): string[] {
  const here = inner(schema)
  const [step, ...rest] = path
  if (step === undefined) return here instanceof z.ZodObject ? Object.keys(here.shape) : []
  if (here instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = here.shape
    return knownNames(shape[String(step)], rest)
  }
  if (here instanceof z.ZodRecord) return knownNames(here.valueType, rest)
  if (here instanceof z.ZodArray) return knownNames(here.element, rest)
  return []
}
