import type { StepDraft } from '../../engine/plan.ts'
import type { HostName } from '../../lib/types.ts'
import { enoughAnswer, type UndoQuestion } from './enough-answer.ts'
import { nginxServes, type NginxReceives } from '../split/nginx-serves.ts'
import { serversAnswer, type AnswerQuestion } from './servers-answer.ts'

/** What is asked before a change of an upstream's servers is undone. A type: it goes into plans and journals. */
export type UndoAsks = {
  /** Whether enough servers stay, where that takes some out again. */
  readonly capacity?: UndoQuestion
  /** Whether these answer, where that brings them back. */
  readonly answers?: AnswerQuestion
  /** Whether enough of these pools answer, where that sends clients to them again. */
  readonly receives?: NginxReceives
}

/** The guards that ask it. */
export function guardsBeforeUndo({ capacity, answers, receives }: UndoAsks, host: HostName): StepDraft[] {
  if (answers) return [serversAnswer.at(host, answers)]
  if (receives) return [nginxServes.at(host, receives)]
  const anyway = `zdt maint ${capacity?.leaving[0] ?? ''} --allow-empty`
  return capacity ? [enoughAnswer.at(host, { ...capacity, anyway })] : []
}
