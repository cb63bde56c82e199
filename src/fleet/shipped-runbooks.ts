import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '../lib/nearest.ts'
import { FleetNotFound } from './errors.ts'
import { readYaml, yamlText } from './read-yaml.ts'
import { runbookSchema } from './runbook/schema.ts'

const directory = fileURLToPath(new URL('../../templates/runbooks', import.meta.url))

/** A runbook that zdt brings along. */
export type ShippedRunbook = {
  readonly name: string
  readonly title: string
  /** Null where it must be given. */
  readonly vars: Readonly<Record<string, string | null>>
}

/** All of them, by their names. */
export async function shippedRunbooks(): Promise<ShippedRunbook[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml')).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const { title = file, vars = {} } = readYaml(await yamlText(join(directory, file)), {
        file,
        schema: runbookSchema,
      })
      return { name: file.slice(0, -'.yaml'.length), title, vars }
    }),
  )
}

/** The file of a runbook: one that is there, else one of ours by its name. Throws FleetNotFound. */
export async function runbookNamed(name: string): Promise<string> {
  const own = resolve(name)
  if (await isFile(own)) return own
  if (await isThere(own)) throw new FleetNotFound(`${own} is no file`)
  const shipped = join(directory, `${name}.yaml`)
  if (/^[a-z-]+$/.test(name) && (await isFile(shipped))) return shipped
  const names = (await shippedRunbooks()).map((each) => each.name)
  const near = nearest(name, names)
  throw new FleetNotFound(`there is no runbook ${name}`, {
    suggestions: [...near.map((one) => `did you mean ${one}?`), 'zdt run --list   # those that zdt brings along'],
  })
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (what) => what.isFile(),
    () => false,
  )
}
