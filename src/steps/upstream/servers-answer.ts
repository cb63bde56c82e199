import { illnessOf } from '../../daemons/app/look.ts'
import type { Health } from '../../lib/app-questions.ts'
import { ZdtError } from '../../lib/errors.ts'
import { defineGuard } from '../define.ts'

/** Servers that are to be sent to again. A type: it goes into plans and journals. */
export type AnswerQuestion = {
  readonly servers: readonly { readonly name: string; readonly address: string; readonly port: number }[]
  readonly health: Health
}

/** Do these servers answer the host of an nginx? Asked before they are sent to again without a wait: nginx checks nobody. */
export const serversAnswer = defineGuard<AnswerQuestion>({
  kind: 'upstream.servers-answer',
  describe: ({ servers }) => ({ title: `${servers.map(({ name }) => name).join(', ')} answer`, commands: [] }),
  check: async ({ servers, health }, on) => {
    const ills = await Promise.all(
      servers.map(async ({ name, address, port }) => {
        const ill = await illnessOf(on.host, { address, port, health }, on.signal)
        return ill === null ? [] : [{ name, ill }]
      }),
    )
    const [first, ...more] = ills.flat()
    if (!first) return
    throw new ZdtError([first, ...more].map(({ name, ill }) => `${name} does not answer: ${ill}`).join('\n'), {
      code: 'does-not-answer',
      exit: 'refused',
      host: on.host.name,
      suggestions: [`start ${first.name}, and this again`],
    })
  },
  protects: () => [],
})
