import { select } from '@inquirer/prompts'
import type { OddAnswer, Operator } from '../engine/operator.ts'
import type { Stage } from '../engine/plan.ts'

/** What the prompts need of their surroundings. */
export interface Terminal {
  /** Resolves when nothing of ours moves on the screen any more. */
  settled(): Promise<void>
  say(text: string): void
  /** The commands of a stage, for `show the commands`. */
  commandsOf(stage: Stage): string
  /** The log so far, for `show the log`. */
  log(): string
  /** Lends the keyboard to a prompt: what was typed before it was there answers nothing. */
  ask<T>(prompt: () => Promise<T>): Promise<T>
  /** Ctrl-C at a prompt. */
  interrupt(): void
  /** A signal that came from elsewhere: it ends a prompt that is open. */
  readonly pause: AbortSignal
  /** Aborted when somebody elsewhere says yes to what is asked now. */
  approval(): AbortSignal
}

type Choice<A extends string> = { readonly value: A; readonly name: string }

/** The operator of a run in a terminal: asked before each stage, and when something is wrong. */
export function attended(terminal: Terminal): Operator {
  let all = false

  /** Undefined after Ctrl-C, and after a signal; then nothing of the menu stays on the screen. */
  async function ask<A extends string>(
    message: string,
    choices: readonly Choice<A>[],
    signal = terminal.pause,
  ): Promise<A | undefined> {
    await terminal.settled()
    const config = { message, choices, loop: false, theme: { style: { keysHelpTip: () => undefined } } }
    const context = { output: process.stderr, signal, clearPromptOnDone: true }
    try {
      const answer = await terminal.ask(() => select(config, context))
      terminal.say(`? ${message} ${choices.find(({ value }) => value === answer)?.name ?? answer}`)
      return answer
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortPromptError') return undefined
      if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error
      terminal.interrupt()
      return undefined
    }
  }

  /** What only a person knows: whether his own work is done. A yes may come from elsewhere. */
  async function asks(question: string): Promise<'yes' | 'pause' | 'put-back'> {
    const approval = terminal.approval()
    const answer = await ask(
      question,
      [
        { value: 'yes', name: 'yes, go on' },
        { value: 'pause', name: 'not yet: pause here, and go on with zdt resume' },
        { value: 'put-back', name: 'roll back what was done' },
      ],
      AbortSignal.any([terminal.pause, approval]),
    )
    return answer ?? (approval.aborted && !terminal.pause.aborted ? 'yes' : 'pause')
  }

  return {
    attended: true,
    async confirm(stage, touched) {
      if (stage.asks !== undefined) return asks(stage.asks)
      while (!all) {
        const answer = await ask(`Run step ${stage.number}, ${stage.title}?`, [
          { value: 'yes', name: 'yes' },
          { value: 'all', name: 'yes to all that follow' },
          { value: 'show', name: 'show the commands' },
          ...(touched ? [{ value: 'put-back', name: 'roll back what was done' } as const] : []),
          { value: 'pause', name: touched ? 'pause here' : 'stop, nothing was changed' },
        ])
        if (answer === undefined) return 'pause'
        if (answer === 'show') terminal.say(terminal.commandsOf(stage))
        else if (answer === 'all') all = true
        else return answer
      }
      return 'yes'
    },
    async failed(stage, error) {
      for (;;) {
        const answer = await ask(`Step ${stage.number} failed: ${error.message}. What now?`, [
          { value: 'put-back', name: 'roll back what was done' },
          { value: 'retry', name: 'try it again' },
          { value: 'pause', name: 'pause and leave everything as it is' },
          { value: 'log', name: 'show the log' },
        ])
        if (answer !== 'log') return answer ?? 'pause'
        terminal.say(terminal.log())
      }
    },
    async timedOut({ stage, force }) {
      const answer = await ask(`Step ${stage.number}, ${stage.title}: not yet, and its time is over. What now?`, [
        { value: 'wait', name: 'wait on, as long again' },
        ...(force ? [{ value: 'force', name: force } as const] : []),
        { value: 'leave', name: 'leave it as it is' },
        { value: 'put-back', name: 'put everything back' },
      ])
      return answer ?? 'pause'
    },
    async odd({ step, title, notAfter, notBefore, doing, badly }) {
      terminal.say(
        [
          `${step.host}: ${title}: ${badly ? 'it has ended, but not well' : 'somebody else has changed this'}.`,
          ...notAfter.map((line) => `   not as the run leaves it: ${line}`),
          ...notBefore.map((line) => `   not as the run found it:  ${line}`),
        ].join('\n'),
      )
      const back = doing === 'put-back'
      const answer = await ask<OddAnswer>('What now?', [
        { value: 'look-again', name: 'look again' },
        { value: 'done', name: back ? 'put it back all the same' : 'take it for done, and go on' },
        {
          value: 'not-done',
          name: back
            ? 'leave it as it is now, and go on'
            : badly
              ? 'do it again'
              : 'take it for not done, and do it now',
        },
        ...(back ? [] : [{ value: 'put-back', name: 'roll back what was done' } as const]),
        { value: 'pause', name: 'pause and leave everything as it is' },
      ])
      return answer ?? 'pause'
    },
  }
}
