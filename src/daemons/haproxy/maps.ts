import type { Host } from '../../hosts/host.ts'
import { chunked } from '../../lib/chunked.ts'
import { AnswerUnreadable, CommandRefused, UnfitForCli } from './errors.ts'
import type { AskOptions } from './conversation.ts'
import { ask, say } from './runtime.ts'

/** A line of a map. */
export type MapEntry = { readonly key: string; readonly value: string }

/** The payload of one command must fit into HAProxy's buffer (`tune.bufsize`, 16 KiB by default). */
const largest = 12_000

function path(text: string): string {
  if (!/^[A-Za-z0-9_./@+:-]+$/.test(text)) throw new UnfitForCli('map', text)
  return text
}

/** What lies in a map, or with no file which maps there are. Level user is enough. */
export function showMap(file?: string): string {
  return file === undefined ? 'show map' : `show map ${path(file)}`
}

/** Begins another version of a map, beside the one that is in use. */
export function prepareMap(file: string): string {
  return `prepare map ${path(file)}`
}

/** Lines of such a version, each `key value`, come behind it. */
export function addToMap(file: string, version: number): string {
  return `add map @${version} ${path(file)}`
}

/** From now on that version is the one in use; what it replaces is gone. */
export function commitMap(file: string, version: number | 'VERSION'): string {
  return `commit map @${version} ${path(file)}`
}

/** Takes every line out of a map that is in use. */
export function clearMap(file: string): string {
  return `clear map ${path(file)}`
}

/** Throws such a version away. */
export function clearMapVersion(file: string, version: number): string {
  return `clear map @${version} ${path(file)}`
}

/** Reads `show map FILE`: `0x7f9771 10.1.0.0/16 b`. */
export function parseMap(answer: string): MapEntry[] {
  return answer.split('\n').flatMap((line) => {
    const [, key, value] = /^0x[0-9a-f]+ (\S+) (.*)$/.exec(line) ?? []
    return key === undefined || value === undefined ? [] : [{ key, value }]
  })
}

/** Reads `show map`: the files of all maps. */
export function parseMaps(answer: string): string[] {
  return answer.split('\n').flatMap((line) => /^-?\d+ \((.+?)\) pattern loaded/.exec(line)?.[1] ?? [])
}

/**
 * What each of these maps has in it, in one round trip; undefined where the running configuration has no such map.
 * Throws what `ask` throws.
 */
export async function readMaps(
  host: Host,
  socket: string,
  files: readonly string[],
  options?: AskOptions,
): Promise<(MapEntry[] | undefined)[]> {
  const [all = '', ...each] = await ask(host, socket, [showMap(), ...files.map((file) => showMap(file))], options)
  const known = parseMaps(all)
  return each.map((answer, index) => (known.includes(files[index] ?? '') ? parseMap(answer) : undefined))
}

/**
 * Gives a running worker other lines of a map, all at once: they are readied as a version of their own, which then takes the
 * place of the other (HAProxy ≥ 2.4, management guide "prepare map"). Throws CommandRefused with nothing changed, and what `ask` throws.
 */
export async function replaceMap(
  host: Host,
  socket: string,
  { file, entries }: { readonly file: string; readonly entries: readonly MapEntry[] },
  options?: AskOptions,
): Promise<void> {
  const said = await say(host, socket, prepareMap(file), options)
  const version = Number(/^New version created: (\d+)/.exec(said)?.[1])
  if (!Number.isInteger(version)) throw new AnswerUnreadable('no version', { host: host.name, socket, said })
  try {
    const lines = entries.map(({ key, value }) => lineOf(key, value))
    for (const payload of chunked(lines, largest)) {
      await say(host, socket, addToMap(file, version), { ...options, payload })
    }
    await say(host, socket, commitMap(file, version), options)
  } catch (error) {
    if (error instanceof CommandRefused) {
      await say(host, socket, clearMapVersion(file, version), options).catch(() => undefined)
    }
    throw error
  }
}

/** One word each: HAProxy would read what follows a space as something else. */
function lineOf(key: string, value: string): string {
  if (!/^[^\s#;\\]\S*$/.test(key) || !/^\S+$/.test(value)) throw new UnfitForCli('map entry', `${key} ${value}`)
  return `${key} ${value}`
}
