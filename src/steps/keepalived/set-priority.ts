import { nodeOf } from '../../daemons/keepalived/node.ts'
import type { On } from '../../engine/step-kind.ts'
import { quoteWord } from '../../lib/quote.ts'
import { defineChange, notYet } from '../define.ts'
import { fileThing } from '../things.ts'
import { readyToTake, type Taking } from '../vip/ready-to-take.ts'
import { mayGoBack, type TakesBack } from '../vip/may-go-back.ts'

type Input = {
  readonly address: string
  readonly unit: string
  /** The track file, and what is to stand in it. */
  readonly path: string
  readonly status: number
  /** What the priority comes to. */
  readonly priority: number
  /** Who takes VIPs by it, and from whom. */
  readonly takes?: Taking
  /** Who takes them back when it is undone. */
  readonly takesBack?: TakesBack
}

type Found = { readonly content: string }

/** Shifts a node's effective priority through its track file (keepalived.conf(5), vrrp_track_file): the file, not the daemon. */
export const setPriority = defineChange<Input, Found>({
  kind: 'keepalived.set-priority',
  describe: ({ path, status, priority }) => ({
    title: `effective priority ${priority}: ${status} in ${path}`,
    commands: [byHand(path, String(status))],
  }),
  describeUndo: ({ path }, { content }) => [byHand(path, content.trim())],
  observe: async ({ path }, on) => ({ content: await contentOf(on, path) }),
  isDone: ({ status }, { content }) => content.trim() === String(status),
  apply: ({ path, status, takes }, _found, on) => write(on, path, `${status}\n`, takes),
  verify: (input, _found, on) => readSo(input, String(input.status), on),
  undo: ({ path, takesBack }, { content }, on) => write(on, path, content, takesBack),
  undone: (input, { content }, on) => readSo(input, content.trim(), on),
  undoGuards: ({ takesBack: back }) => (back ? [mayGoBack.at(back.host, back)] : []),
  about: ({ path }, host) => [fileThing(host, path)],
})

async function write(on: On, path: string, content: string, takes?: Taking): Promise<void> {
  if (takes) await readyToTake(takes, on)
  await on.host.write(path, content, { as: 'root', signal: on.signal })
}

async function contentOf(on: On, path: string): Promise<string> {
  return (await on.host.read(path, { as: 'root', signal: on.signal })).toString('utf8')
}

/** The file says so, and Keepalived has read it. */
async function readSo({ address, unit, path }: Input, wanted: string, on: On) {
  const [content, { instance }] = await Promise.all([
    contentOf(on, path),
    nodeOf(on.host, { address, unit }, on.signal),
  ])
  const status = instance?.trackFiles.find((file) => file.path === path)?.status
  return notYet(
    content.trim() !== wanted && `${path} says ${content.trim()}, not ${wanted}`,
    status !== Number(wanted) && `Keepalived on ${on.host.name} has not read ${path} yet`,
  )
}

function byHand(path: string, content: string): string {
  return `echo ${quoteWord(content)} | sudo tee ${quoteWord(path)}`
}
