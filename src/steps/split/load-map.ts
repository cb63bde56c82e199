import { clearMap, commitMap, prepareMap, readMaps, replaceMap, type MapEntry } from '../../daemons/haproxy/maps.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import { defineChange, notYet } from '../define.ts'
import { mapThing } from '../things.ts'
import { haproxyServes, type HaproxyReceives } from './haproxy-serves.ts'

type Input = {
  readonly socket: string
  /** By which the running configuration knows it. */
  readonly file: string
  readonly entries: readonly MapEntry[]
  /** What to ask before it is given back what it had: clients go to another pool again. */
  readonly back?: HaproxyReceives
}
type Found = { readonly entries: readonly MapEntry[] }

/** Gives a running HAProxy other lines of a map, all of them in one moment (management guide, "prepare map"): changed line by line it would be half changed meanwhile. */
export const loadMap = defineChange<Input, Found>({
  kind: 'haproxy.load-map',
  describe: ({ socket, file, entries }) => ({
    title: `${file} in HAProxy's memory: ${inWords(entries)}`,
    commands: typed(socket, [prepareMap(file), ...addLines(file, entries, '@VERSION '), commitMap(file, 'VERSION')]),
  }),
  // By hand nobody knows the version beforehand: emptied, and filled again.
  describeUndo: ({ socket, file }, { entries }) => typed(socket, [clearMap(file), ...addLines(file, entries)]),
  observe: async (input, on) => ({ entries: await entriesIn(input, on) }),
  isDone: ({ entries }, found) => isSame(entries, found.entries),
  apply: ({ socket, file, entries }, _found, on) =>
    replaceMap(on.host, socket, { file, entries }, { signal: on.signal }),
  verify: async (input, _found, on) =>
    notYet(!isSame(input.entries, await entriesIn(input, on)) && `${input.file} has other lines`),
  undo: ({ socket, file }, { entries }, on) => replaceMap(on.host, socket, { file, entries }, { signal: on.signal }),
  undone: async (input, { entries }, on) =>
    notYet(!isSame(entries, await entriesIn(input, on)) && `${input.file} has other lines`),
  about: ({ socket, file }, host) => [mapThing(host, socket, file)],
  undoGuards: ({ back }, _found, host) => (back ? [haproxyServes.at(host, back)] : []),
})

async function entriesIn({ socket, file }: Input, on: On): Promise<readonly MapEntry[]> {
  const [entries] = await readMaps(on.host, socket, [file], { signal: on.signal })
  if (entries) return entries
  throw new NoUseWaiting(`HAProxy runs with a configuration that has no map ${file}`, { host: on.host.name })
}

/** In whatever order: no two of them are about the same. */
function isSame(one: readonly MapEntry[], other: readonly MapEntry[]): boolean {
  return sorted(one) === sorted(other)
}

function sorted(entries: readonly MapEntry[]): string {
  return entries
    .map(({ key, value }) => `${key} ${value}`)
    .toSorted()
    .join('\n')
}

function inWords(entries: readonly MapEntry[]): string {
  if (entries.length === 0) return 'no line'
  if (entries.length > 3) return `${entries.length} lines`
  return entries.map(({ key, value }) => `${key} ${value}`).join(', ')
}

function addLines(file: string, entries: readonly MapEntry[], version = ''): string[] {
  return entries.map(({ key, value }) => `add map ${version}${file} ${key} ${value}`)
}

/** As an operator would type them. */
function typed(socket: string, commands: readonly string[]): string[] {
  return commands.map((command) => `echo '${command}' | sudo socat - UNIX-CONNECT:${socket}`)
}
