import { stripVTControlCharacters } from 'node:util'
import { Config } from '@oclif/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { ZdtHelp } from '../../../src/cli/help.ts'
import { packageDir } from '../../../src/lab/paths.ts'
import { exitCodes } from '../../../src/lib/exit-codes.ts'
import { commands } from './commands.ts'

/** Help that is kept instead of printed. */
class KeptHelp extends ZdtHelp {
  said = ''
  protected override log(...lines: string[]): void {
    this.said += `${lines.map(stripVTControlCharacters).join(' ')}\n`
  }
}

let config: Config
beforeAll(async () => {
  config = await Config.load({ root: packageDir })
})

async function helpFor(...argv: string[]): Promise<string> {
  const help = new KeptHelp(config)
  await help.showHelp(argv)
  return help.said
}

describe('zdt --help', () => {
  test('names every verb and topic', async () => {
    const said = await helpFor()
    for (const name of commands.keys()) expect(said).toContain(`  ${name.split(' ')[0]} `)
  })

  test('lists the exit codes with their meanings', async () => {
    const said = (await helpFor()).replaceAll(/\s+/g, ' ')
    for (const { code, meaning } of Object.values(exitCodes)) expect(said).toContain(` ${code} ${meaning}`)
  })
})

test('a default is said as one would write it', async () => {
  expect((await helpFor('drain')).replaceAll(/\s+/g, ' ')).toContain('--timeout=DURATION [default: 5m]')
})

test.each([...commands])('zdt %s --help says what it does and how it is called', async (name, command) => {
  const said = (await helpFor(...name.split(' '))).replaceAll(/\s+/g, ' ')
  expect(said).toContain(command.summary)
  expect(said).toContain(`$ zdt ${name}`)
  for (const flag of Object.keys(command.flags)) expect(said).toContain(`--${flag}`)
})
