import { addresses } from './addresses.ts'
import { durations } from './durations.ts'
import { asText, type Helper } from './helper.ts'
import { lists } from './lists.ts'
import { logic } from './logic.ts'
import { versions } from './versions.ts'

/** Every helper, by the name that templates call it by. docs/templates.md has a row for each. */
export const helpers: Readonly<Record<string, Helper>> = {
  ...logic,
  ...lists,
  ...addresses,
  ...durations,
  ...versions,
  /** `{{secret "NAME"}}`: of `secrets` in zdt.yaml. */
  secret: { takes: [1, 1], call: ([name], _named, { secret }) => secret(asText(name)) },
}
