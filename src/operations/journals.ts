import { mergedCopies, type Merged } from '../engine/import-journal.ts'
import { journalText, linesIn, listRuns } from '../engine/read-journal.ts'
import type { ReadMirrorOptions } from '../engine/read-mirror.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import { journalsOn, type Elsewhere } from './find-run.ts'

/** A run's journal, made of every copy of it that is known. */
export interface KnownJournal extends Merged {
  readonly run: RunId
  /** This machine has a copy. */
  readonly here: boolean
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
  const copies = Map.groupBy(journals, ({ run }) => run)
  return {
    journals: [...new Set([...own.keys(), ...copies.keys()])].map((run) => {
      const lines = linesIn(own.get(run) ?? '').map(({ line }) => line)
      const others = copies.get(run)?.map((copy) => copy.lines) ?? []
      return { run, here: own.has(run), ...mergedCopies(lines, others) }
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
