import type { Command } from '@oclif/core'
import { expect, test } from 'vitest'
import { commands } from './commands.ts'

/*
 * The interface, as a text that is read in review: a line that goes, or that gets another name or default, breaks
 * somebody's pipeline. `npx vitest run --project unit -u` writes it anew.
 */
test('the commands, arguments, flags and defaults are those that operators know', async () => {
  const told = await Promise.all([...commands].map(async ([name, command]) => await interfaceOf(name, command)))
  await expect(`${told.join('\n\n')}\n`).toMatchFileSnapshot('flags.txt')
})

test.each([...commands])('%s and each of its flags and arguments say in a sentence what they are', (_name, command) => {
  const said = [
    command.summary,
    ...Object.values(command.flags).map(({ summary }) => summary),
    ...Object.values(command.args).map(({ description }) => description),
  ]
  for (const sentence of said) expect(sentence).toMatch(/^(\d|[A-Z]).*[.:]$/)
})

async function interfaceOf(name: string, { args, flags, summary }: typeof Command): Promise<string> {
  const told = Object.entries(args).map(([arg, { required }]) =>
    required ? arg.toUpperCase() : `[${arg.toUpperCase()}]`,
  )
  const lines = await Promise.all(
    Object.entries(flags)
      .toSorted(([a], [b]) => a.localeCompare(b, 'en'))
      .map(([flag, of]) => flagLine(flag, of)),
  )
  return [`zdt ${[name, ...told].join(' ')}\n  ${summary}`, ...lines].join('\n')
}

async function flagLine(name: string, flag: Command.Flag.Any): Promise<string> {
  const value = flag.type === 'option' ? ` ${String(flag.options?.join('|') ?? flag.helpValue ?? 'VALUE')}` : ''
  const byDefault = await defaultOf(flag)
  const notes = [
    flag.required && 'required',
    flag.env && `env ${flag.env}`,
    flag.exclusive && `not with --${flag.exclusive.join(', --')}`,
    byDefault !== undefined && `default ${JSON.stringify(byDefault)}`,
  ].filter(Boolean)
  const names = `${flag.char ? `-${flag.char}, ` : ''}--${name}${value}`
  return `  ${names}${notes.length > 0 ? `  (${notes.join('; ')})` : ''}\n      ${flag.summary}`
}

async function defaultOf(flag: Command.Flag.Any): Promise<unknown> {
  if (flag.type === 'boolean') return undefined
  const said: unknown = ('defaultHelp' in flag && flag.defaultHelp) || flag.default
  return typeof said === 'function' ? ((await said({ options: flag, flags: {} })) as unknown) : said
}
