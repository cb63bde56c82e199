import type { Event } from '../engine/events.ts'
import { mergedLines } from '../engine/import-journal.ts'
import { eventsIn, journalText, linesIn, listRuns } from '../engine/journal.ts'
import type { ReadMirrorOptions } from '../engine/read-mirror.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import { journalsOn, type Elsewhere } from './find-run.ts'

/** A run's journal, made of every copy of it that is known. */
export interface KnownJournal {
  readonly run: RunId
  readonly events: readonly Event[]
  readonly lines: readonly string[]
  /** This machine has a copy. */
  readonly here: boolean
  /** What only hosts told of it. */
  readonly news: readonly Event[]
}

/** Hosts to be asked beside this machine's own journals. */
export interface Asked {
  readonly hosts: Hosts
  readonly names: readonly HostName[]
  /** Only what was written there within this time. */
  readonly within?: ReadMirrorOptions['within']
}

export type KnownJournals = Pick<Elsewhere, 'unseen'> & { readonly journals: readonly KnownJournal[] }

/**
 * The journals of this machine, or those written `within` this time; and of hosts, which send only what is not known here, in one
 * round trip each.
 */
export async function knownJournals(asked?: Asked, within?: Millis): Promise<KnownJournals> {
  const own = await ownTexts(within)
  const known = new Map([...own].map(([run, text]) => [run, Buffer.byteLength(text)]))
  const { journals, unseen } = asked
    ? await journalsOn(asked.hosts, asked.names, { known, ...(asked.within !== undefined && { within: asked.within }) })
    : { journals: [], unseen: [] }
  const lines = new Map([...own].map(([run, text]) => [run, linesIn(text).map(({ line }) => line)] as const))
  const all = new Map<RunId, readonly string[]>(lines)
  for (const copy of journals.toSorted((a, b) => b.lines.length - a.lines.length)) {
    all.set(copy.run, mergedLines(all.get(copy.run) ?? [], copy.lines))
  }
  return {
    journals: [...all].map(([run, merged]) => {
      const mine = new Set(lines.get(run))
      const news = merged.filter((line) => !mine.has(line))
      const [events, told] = [merged, news].map((some) => eventsIn(some.join('\n')))
      return { run, lines: merged, events: events ?? [], here: lines.has(run), news: told ?? [] }
    }),
    unseen,
  }
}

/** One that cannot be read tells nothing. */
async function ownTexts(within?: Millis): Promise<Map<RunId, string>> {
  const since = within === undefined ? 0 : Date.now() - within
  const texts = await Promise.all(
    (await listRuns({ since })).map(async (run) => [run, await journalText(run).catch(() => undefined)] as const),
  )
  return new Map(texts.flatMap(([run, text]) => (text === undefined ? [] : [[run, text] as const])))
}
