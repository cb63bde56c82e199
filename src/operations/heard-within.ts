import { readMirror } from '../engine/read-mirror.ts'
import type { Host } from '../hosts/host.ts'
import { readLeases } from '../hosts/lease/read-leases.ts'
import type { Word } from '../hosts/lease/words.ts'
import { sleep } from '../lib/clock.ts'
import type { Millis, RunId } from '../lib/types.ts'

interface Left {
  readonly run: RunId
  readonly word: Word
  readonly token: string
}

/** Leases are renewed every 10 s; the rest is for the journal's way back to the host. */
const patience: Millis = 15_000
const between: Millis = 500

/**
 * What came of a word, by the run's own journal on the host where it was left: `heard`; `unheeded`, nobody asked what it says
 * yes to; `ended`, the run was over before it could hear; `not-yet` after 15 s.
 */
export async function heardWithin(
  host: Host,
  { run, word, token }: Left,
): Promise<'heard' | 'unheeded' | 'ended' | 'not-yet'> {
  const deadline = Date.now() + patience
  for (;;) {
    // The lease first: what a run has written is there before it gives its lease back.
    const held = (await readLeases(host)).some((lease) => lease.token === token && lease.state === 'held')
    const journals = await readMirror(host, { run })
    const said = journals
      .flatMap(({ events }) => events)
      .find((event) => event.event === 'word' && event.id === word.id)
    if (said?.event === 'word') return said.heeded ? 'heard' : 'unheeded'
    if (!held) return 'ended'
    if (Date.now() >= deadline) return 'not-yet'
    await sleep(between)
  }
}
