import { ZdtError } from '../lib/errors.ts'

/** Asks before something that is not a run. With `yes` nobody is asked. Throws, exit `refused`, when the answer is no. */
export async function askFirst(question: string, yes: boolean): Promise<void> {
  if (yes) return
  const { confirm } = await import('@inquirer/prompts')
  const agreed = await confirm({ message: question, default: false }, { output: process.stderr }).catch(() => false)
  if (!agreed) throw new ZdtError('nothing was done', { code: 'declined', exit: 'refused' })
}
