import { endedOf } from '../engine/history.ts'
import { readJournal } from '../engine/read-journal.ts'
import type { Ended } from '../engine/outcome.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import { findRunElsewhere } from './find-run.ts'

/** Why a word for a run that nobody works on is refused, and what to type instead. Throws `unknown-run` where nobody knows it. */
export async function notAtWork(
  fleet: Fleet,
  hosts: Hosts,
  id: RunId,
  unseen: readonly string[] = [],
): Promise<ZdtError> {
  const own = await readJournal(id).catch(() => undefined)
  const { events, here } = own ? { events: own, here: true } : await findRunElsewhere(fleet, hosts, id)
  const ended = endedOf(events)
  return new ZdtError(
    `run ${id} is not at work: ${ended ? inWords[ended] : 'its zdt was killed, or has lost its locks'}`,
    {
      code: 'not-at-work',
      exit: 'refused',
      ...(unseen.length > 0 && { said: unseen.join('\n') }),
      suggestions: next(id, ended, here),
    },
  )
}

/** A promotion of a run that asks for none. */
export function noApproval(id: RunId): ZdtError {
  return new ZdtError(`run ${id} asks for no approval now`, {
    code: 'no-approval',
    exit: 'refused',
    suggestions: ['zdt runs      how far it is'],
  })
}

const inWords: { readonly [each in Ended]: string } = {
  done: 'it is done',
  already: 'there was nothing to do',
  untouched: 'it ended before anything was changed',
  'put-back': 'it was put back',
  left: 'it ended with something left undone',
  paused: 'it is paused',
  interrupted: 'it was interrupted and is paused',
}

/** The commands that fit. */
function next(id: RunId, ended: Ended | undefined, here: boolean): string[] {
  if (ended === 'already' || ended === 'untouched' || ended === 'put-back') return ['zdt runs']
  const first = here ? [] : [`zdt adopt ${id}   # it is of another machine: takes it over to this one`]
  return [...first, ...(ended === 'done' ? [] : [`zdt resume ${id}`]), `zdt rollback ${id}`]
}
