import { illnessOf } from '../../daemons/app/look.ts'
import type { UpstreamSeat } from '../../fleet/fleet.ts'
import type { Health } from '../../lib/app-questions.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { fileThing } from '../things.ts'

type Input = { readonly seat: UpstreamSeat; readonly health: Health; readonly timeout: Millis }

/** Waits until a server answers the host of an nginx, three times in a row: open-source nginx checks nobody. */
export const awaitAnswer = defineWait<Input>({
  kind: 'upstream.await-answer',
  describe: ({ seat: { upstream, server, address, port }, health }) => ({
    title: `${upstream}/${server} answers`,
    commands: 'path' in health ? [`curl -i http://${address}:${port}${health.path}`] : [`nc -z ${address} ${port}`],
  }),
  look: ({ seat, health }, on) =>
    lookAgain(on, async (on) => {
      const { address, port, upstream, server } = seat
      const ill = await illnessOf(on.host, { address, port, health }, on.signal)
      return notYet(ill !== null && `${on.host.name}  ${upstream}/${server}  ${ill}`)
    }),
  timeout: ({ timeout }) => timeout,
  protects: ({ seat: { file } }, host) => [fileThing(host, file)],
  interval: () => 200,
  inARow: () => 3,
})
