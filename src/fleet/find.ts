import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FleetNotFound } from './errors.ts'

/** What an operator without a fleet file is shown: the least that `zdt drain app2` needs. */
export const minimalExample = `hosts:
  lb1: { address: 10.0.0.11 }
haproxy:
  edge: { hosts: [lb1] }
pools:
  shop:
    balancer: haproxy/edge
    servers: { app1: 10.0.0.21:8080, app2: 10.0.0.22:8080 }
`

export interface WhereToLook {
  /** Default: the working directory. */
  readonly cwd?: string
  /** The value of ZDT_FLEET, empty counts as not set. Default: the environment's. */
  readonly env?: string | undefined
}

/**
 * The fleet file's absolute path: `--fleet`, else ZDT_FLEET, else the nearest zdt.yaml upward from the working
 * directory. Throws FleetNotFound when the named file is not there, or when there is none at all.
 */
export async function findFleetFile(flag?: string, where: WhereToLook = {}): Promise<string> {
  const { cwd = process.cwd(), env = process.env['ZDT_FLEET'] } = where
  if (flag !== undefined) return await named(flag, '--fleet', cwd)
  if (env !== undefined && env !== '') return await named(env, 'ZDT_FLEET', cwd)
  const searched: string[] = []
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const file = join(directory, 'zdt.yaml')
    if (await isThere(file)) return file
    searched.push(file)
    if (dirname(directory) === directory) break
  }
  const example = minimalExample.replaceAll(/^/gm, '  ').trimEnd()
  throw new FleetNotFound(`no zdt.yaml: searched ${searched.join(', ')}. The smallest one reads:\n\n${example}\n`, {
    suggestions: ['write a zdt.yaml here', 'name one with --fleet FILE', 'name one with ZDT_FLEET'],
  })
}

async function named(file: string, by: string, cwd: string): Promise<string> {
  const path = resolve(cwd, file)
  if (await isThere(path)) return path
  throw new FleetNotFound(`${path} is no file, and ${by} names it`, {
    suggestions: [`name a fleet file with ${by}, or none to search for zdt.yaml upward from here`],
  })
}

/** A file that is there but may not be looked at counts as there, so that loading it says so. */
async function isThere(file: string): Promise<boolean> {
  try {
    return !(await stat(file)).isDirectory()
  } catch (error) {
    return !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
  }
}
