import { digestsOf } from '../../hosts/config/look.ts'
import type { FileMove } from '../../hosts/config/change.ts'
import { ZdtError } from '../../lib/errors.ts'
import { quote } from '../../lib/quote.ts'
import { defineGuard } from '../define.ts'
import { fileThing } from '../things.ts'

type Input = { readonly moves: readonly FileMove[] }

/** Is what lies on the host what the plan was made from? */
export const configAsPlanned = defineGuard<Input>({
  kind: 'config.as-planned',
  describe: ({ moves }) => ({
    title: 'nobody has changed the files since the plan was made',
    commands: [quote(['sha256sum', ...moves.map(({ target }) => target)])],
  }),
  check: async ({ moves }, on) => {
    const digests = await digestsOf(
      on.host,
      moves.map(({ target }) => target),
      { signal: on.signal },
    )
    const changed = moves.filter(({ from }, index) => from !== digests[index])
    if (changed.length > 0) {
      throw new ZdtError(`${changed.map(({ path }) => path).join(', ')} has been changed since the plan was made`, {
        code: 'config-changed',
        exit: 'refused',
        host: on.host.name,
        suggestions: [`zdt diff ${on.host.name}`],
      })
    }
  },
  protects: ({ moves }, host) => moves.map(({ target }) => fileThing(host, target)),
})
