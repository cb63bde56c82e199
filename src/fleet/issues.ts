import type { z } from 'zod'
import { nearest } from '../lib/nearest.ts'
import type { Problem } from './errors.ts'
import { knownNames } from './known-names.ts'
import { pathText, type Path, type Positions } from './positions.ts'

/** zod's issues as problems: unknown names at their key with the nearest known one, everything else at its value. */
export function issueProblems(
  issues: readonly z.core.$ZodIssue[],
  { positions, schema }: { readonly positions: Positions; readonly schema: z.ZodType },
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    if (issue.code !== 'unrecognized_keys') return [problem(issue.path, positions.ofValue(issue.path), issue.message)]
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return problem(path, positions.ofKey(path), unknownKey(key, knownNames(schema, issue.path)))
    })
  })
}

function unknownKey(key: string, known: readonly string[]): string {
  const [near] = nearest(key, known)
  return `is not known, expected ${near ?? `one of ${known.join(', ')}`}`
}

function problem(path: Path, place: { line: number; column: number }, message: string): Problem {
  return { ...place, path: pathText(path), message }
}
