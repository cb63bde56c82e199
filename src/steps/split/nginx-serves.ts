import { defineGuard } from '../define.ts'
import { standings, type CapacityQuestion } from '../upstream/enough-answer.ts'
import { refuseIfFew, type Receiving, type Sending } from './too-few-serve.ts'

/** Pools behind nginx that clients are to be sent to. */
export type NginxReceives = Sending & {
  readonly pools: readonly (Receiving & Pick<CapacityQuestion, 'file' | 'servers' | 'health'>)[]
}

/** Do enough servers of the pools answer this nginx's host? Asked again right before. */
export const nginxServes = defineGuard<NginxReceives>({
  kind: 'split.nginx-serves',
  describe: ({ pools }) => ({ title: `enough of ${pools.map(({ pool }) => pool).join(' and ')} answer`, commands: [] }),
  check: async ({ pools, ...sending }, on) => {
    for (const pool of pools) {
      const text = (await on.host.read(pool.file, { as: 'root', signal: on.signal })).toString()
      refuseIfFew(on.host.name, pool, await standings(on.host, text, pool, on.signal), sending)
    }
  },
  protects: () => [],
})
