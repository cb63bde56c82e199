import { z } from 'zod'
import { duration, localPath, name, word, wrong } from '../fields.ts'

const text = z
  .string(wrong('text, a number in quotes'))
  .regex(/^[^\p{Cc}]*$/u, 'has control characters, expected text without them')

const argv = z.array(text, wrong('a list of words, the program first')).min(1, 'is empty, expected a program')

const verb = z
  .array(text, wrong('a list of words, such as [drain, app2]'))
  .min(1, 'is empty, expected a verb of zdt, such as [drain, app2]')

const values = z.record(name, text, wrong('a map of names and texts'))

const step = z.strictObject(
  {
    name: word.optional(),
    zdt: verb.optional(),
    approve: word.optional(),
    include: localPath.optional(),
    each: word.optional(),
    vars: values.optional(),
    before: argv.optional(),
    after: argv.optional(),
  },
  wrong('a map with one of zdt, approve, include'),
)

/** A runbook as it is written. */
export const runbookSchema = z.strictObject(
  {
    title: word.optional(),
    vars: z
      .record(name, z.union([word, z.null()], wrong('text in quotes, or nothing where it must be given')))
      .optional(),
    before_each: argv.optional(),
    after_each: argv.optional(),
    hook_timeout: duration('how long a hook may take, such as 10m').optional(),
    steps: z.array(step, wrong('a list of steps')).min(1, 'is empty, expected steps'),
  },
  wrong('a map with steps'),
)

export type RawRunbook = z.output<typeof runbookSchema>
export type RawStep = RawRunbook['steps'][number]
