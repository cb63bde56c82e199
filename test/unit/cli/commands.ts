import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '@oclif/core'
import { packageDir } from '../../../src/lab/paths.ts'

const folder = join(packageDir, 'src/commands')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

/** Every command by what an operator types, such as `lab up`; from the sources, in order. */
export const commands: ReadonlyMap<string, typeof Command> = new Map(
  await Promise.all(
    files.toSorted().map(async (file): Promise<[string, typeof Command]> => {
      const module = (await import(join(folder, file))) as { readonly default: typeof Command }
      return [file.replace(/(\/index)?\.ts$/, '').replaceAll('/', ' '), module.default]
    }),
  ),
)
