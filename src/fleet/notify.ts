import { z } from 'zod'
import { oneOfThem } from './configured.ts'
import * as field from './fields.ts'

/** Where it is told that a run begins, asks, is judged, pauses and ends. */
export type NotifySpec = {
  /** A URL, or the secret that is one: whoever knows a chat's may write there. */
  readonly to: { readonly url: string } | { readonly secret: string }
  readonly form: 'json' | 'slack'
}

/** One of `notify` as it is written. */
export const notify = z
  .strictObject(
    {
      url: field.probeUrl.optional().describe('The webhook: it gets a POST.'),
      secret: field.name.optional().describe('Or the secret of this fleet that is its URL, as a chat’s is.'),
      form: field
        .oneOf(['json', 'slack'])
        .default('json')
        .describe(
          '`json`: all that is told, by its names. `slack`: one `text`, for Slack and what reads the same. Default: json.',
        ),
    },
    field.wrong('a map with url or secret'),
  )
  .check(oneOfThem(['url', 'secret']))

/** What was read, as the rest of zdt knows it. */
export function toNotify({ url, secret, form }: z.output<typeof notify>): NotifySpec {
  return { to: url === undefined ? { secret: secret ?? '' } : { url }, form }
}
