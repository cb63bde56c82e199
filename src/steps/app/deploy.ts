import { listens, lookAtApp, type App, type AppState } from '../../daemons/app/look.ts'
import { heardFrom, hostState } from '../../daemons/linux/host-state.ts'
import { quote } from '../../lib/quote.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { appThing } from '../things.ts'
import { begin, ended, takeBack, underWay, withVersion, workName } from './command.ts'

type Input = {
  readonly pool: string
  readonly server: string
  readonly app: App
  /** Where it is to come to. */
  readonly to: string
  /** The commands, `{version}` in them to be filled in. */
  readonly deploy: readonly string[]
  readonly back: readonly string[]
  /** What stops it, where it is stopped while it rests: then one that said no version goes back to that. */
  readonly stop?: readonly string[]
  /** How long a deployment may take, until the application is well. */
  readonly timeout: Millis
}

/**
 * Another version of an application on the host of a server that nothing is sent to. The command runs there as a unit of its
 * own, which outlives the connection and zdt. Done is when the application itself says the version, and is well; that the
 * command exited 0 is not enough. Back goes the version that it said before; where it said none it is stopped, where
 * there is a command for that, or left.
 */
export const deployVersion = defineChange<Input, AppState>({
  kind: 'app.deploy',
  describe: ({ pool, server, to, deploy }) => ({
    title: `${pool}/${server} → ${to}`,
    commands: [quote(withVersion(deploy, to))],
  }),
  describeUndo: ({ back, stop }, found) => wayBack(back, stop, found).map(quote),
  observe: ({ app }, on) => lookAtApp(on.host, app, on.signal),
  isDone: ({ to }, { version, ill }) => version === to && ill === null,
  apply: async ({ server, deploy, to }, _found, on) => {
    await begin(on, workName(on, server), withVersion(deploy, to), 'the deployment could not be begun')
  },
  verify: async ({ server, deploy, to, app }, _found, on) => {
    const awaited = await ended(on, workName(on, server), withVersion(deploy, to))
    if (awaited !== undefined) return notYet(`${on.host.name}  ${awaited}`)
    const { version, ill } = await lookAtApp(on.host, app, on.signal)
    return notYet(...unlike(on.host.name, server, to, { version, ill }))
  },
  undo: async ({ server, back, stop, app, timeout }, found, on, tell) => {
    const [argv] = wayBack(back, stop, found)
    if (!argv) return
    const work = workName(on, server)
    const state = await hostState(on.host, work, [], on.signal)
    // Somebody went back by hand: a command that ended well has left no half behind.
    const now = await lookAtApp(on.host, app, on.signal)
    const isThere = found.version !== null && now.version === found.version && now.ill === null
    if (state.exit === 0 && !state.running && isThere) return
    await takeBack(on, work, argv, { longest: timeout, tell })
  },
  undone: async ({ server, app, stop }, { version, ill }, on) => {
    const runs = await underWay(on, workName(on, server))
    if (runs !== undefined) return notYet(runs)
    if (version === null && !stop) return notYet()
    if (version === null) {
      return notYet((await listens(on.host, app, on.signal)) && `${named(on.host.name, server)} is not stopped yet`)
    }
    const now = await lookAtApp(on.host, app, on.signal)
    // One that was ill before need not be well now.
    return notYet(...unlike(on.host.name, server, version, ill === null ? now : { ...now, ill: null }))
  },
  about: ({ pool, server }, host) => [appThing(host, `${pool}/${server}`)],
  undoLooks: true,
  // Whatever the application says in the middle: the command was begun by this run, and its undo knows the way from there.
  halfway: async ({ server }, _found, on) => {
    return (await hostState(on.host, workName(on, server), [], on.signal)).begun !== null
  },
  patience: ({ timeout }) => timeout,
  undoPatience: ({ timeout }) => timeout,
  interval: () => 300,
  output: ({ server }, on, from) => heardFrom(on.host, workName(on, server), from, on.signal),
})

function unlike(host: HostName, server: string, wanted: string, { version, ill }: AppState): (string | false)[] {
  const who = named(host, server)
  const says = version === null ? 'no version' : `version ${version}`
  return [version !== wanted && `${who} says ${says}, not ${wanted}`, ill !== null && `${who}: ${ill}`]
}

/** `web1  shop2`; once where the server is called as its host is. */
export function named(host: HostName, server: string): string {
  return host === server ? host : `${host}  ${server}`
}

/** The command that goes back to what was found; none where nobody knows which version that was. */
function wayBack(
  back: readonly string[],
  stop: readonly string[] | undefined,
  { version }: AppState,
): (readonly string[])[] {
  if (version !== null) return [withVersion(back, version)]
  return stop ? [stop] : []
}
